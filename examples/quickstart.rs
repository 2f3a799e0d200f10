#![allow(clippy::print_stdout, missing_docs)] // it is what this example shows
use namewire::Namewire;

fn main() -> namewire::Result<()> {
    let namewire = Namewire::builder().build()?; // .model("dslim/bert-base-NER").entities("my.jsonl")
    for mention in namewire.extract("Davutoğlu met the YPG in Geneva.")? {
        println!("{} {:?}", mention.text, mention.entity_id);
    }
    for result in namewire.extract_all(["ISIS left Kobani.", "Ankara protested."]) {
        println!("{} mentions", result?.mentions.len());
    }
    Ok(())
}
