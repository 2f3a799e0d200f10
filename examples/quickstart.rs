//! Names in a text, and the entities that they are.

use namewire::Namewire;

fn main() -> namewire::Result<()> {
    let namewire = Namewire::builder().build()?; // .model("dslim/bert-base-NER").entities("my.jsonl")
    for mention in namewire.extract("Davutoğlu met the YPG in Geneva.")? {
        println!("{} {:?}", mention.text, mention.entity_id);
    }
    for result in namewire.extract_all(["ISIS left Kobani.", "Ankara protested."]) {
        println!("{:?}", result?.mentions.iter().map(|mention| &mention.text).collect::<Vec<_>>());
    }
    Ok(())
}
