"""The report: medians over the rounds, the table of contestants, and what makes a result invalid."""

import statistics


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def add_medians(contestant):
    """Adds the medians over the rounds to a contestant."""
    rounds = contestant["rounds"]
    for key in ("seconds", "tokens_per_second", "tokens_per_cpu_second", "own_tokens_per_second",
                "namewire_ratio", "namewire_cpu_ratio", "others_share", "peak_rss_mb"):
        if key in rounds[0]:
            contestant[key] = spread([one[key] for one in rounds])
    contestant["tokens"] = rounds[-1]["tokens"]


def table(report):
    heads = ("contestant", "setting", "tokens", "seconds", "tokens/s", "min–max", "namewire",
             "tokens/CPU s", "namewire", "others", "MB")
    rows = [heads]
    for name, one in report["contestants"].items():
        rate = one["tokens_per_second"]
        rows.append((
            name, one["setting"], f"{one['tokens']:,}", f"{one['seconds']['median']:.2f}", f"{rate['median']:,.0f}",
            f"{rate['min']:,.0f}–{rate['max']:,.0f}", f"{one['namewire_ratio']['median']:.2f}x",
            f"{one['tokens_per_cpu_second']['median']:,.0f}", f"{one['namewire_cpu_ratio']['median']:.2f}x",
            f"{one['others_share']['median']:.0%}" if "others_share" in one else "?",
            f"{one['peak_rss_mb']['max']:,}",
        ))
    widths = [max(len(row[at]) for row in rows) for at in range(len(heads))]
    left = 2
    return "\n".join(
        "  ".join(cell.ljust(width) if at < left else cell.rjust(width) for at, (cell, width) in enumerate(zip(row, widths)))
        for row in rows
    )


def text(report):
    machine, data, found = report["hardware"], report["data"], report["contestants"]
    own = found["namewire"]["own_tokens_per_second"]["median"]
    lines = [
        table(report), "",
        f"{data['articles']:,} articles of {data['source']}, {data['sentences']:,} sentences for the other "
        f"contestants; rounds: {report['rounds']}; {report['model']['variant']} of {report['model']['name']}",
        f"{machine['processor']}, {machine['cpus_used']} of {machine['cpus']} CPUs, {machine['memory_gb']} GB; "
        + ", ".join(f"{name} {version}" for name, version in report["versions"].items()),
        f"namewire by its own clock, without the start of the process: {own:,.0f} tokens/s",
    ]
    ceilings = {name: one for name, one in found.items() if name.startswith("ceiling")}
    if ceilings:
        best = max(ceilings, key=lambda name: ceilings[name]["tokens_per_second"]["median"])
        ratios = report["ceiling_ratio"]
        lines.append(
            f"namewire against the ceiling ({best}): {ratios['wall']:.3f} with its start, {ratios['own_clock']:.3f} by "
            f"its own clock, {ratios['cpu']:.3f} by CPU time"
        )
    for name, share in report["labels_as_loop"].items():
        lines.append(f"{name} gives {share:.2%} of the sample's tokens the label that the plain loop gives")
    busiest = max((one["others_share"]["median"] for one in found.values() if "others_share" in one), default=0)
    if busiest > 0.05:
        lines.append(f"THE MACHINE WAS BUSY: other processes took up to {busiest:.0%} of it. The results are not valid")
    if report.get("gliner", {}).get("random_weights"):
        lines.append("gline-rs ran a model with random weights: speed only")
    lines += [f"NOT MEASURED: {name}: {reason}" for name, reason in report["left_out"].items()]
    return "\n".join(lines)
