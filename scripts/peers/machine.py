"""The machine: what it is, how busy it is, and which files are on it."""

import hashlib, os, pathlib, platform


def busy_seconds():
    """CPU seconds that the whole machine has been busy; None where that cannot be read."""
    try:
        fields = [int(field) for field in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    except OSError:
        return None
    user, nice, system, _idle, _wait, interrupt, soft, stolen = fields
    return (user + nice + system + interrupt + soft + stolen) / os.sysconf("SC_CLK_TCK")


def hardware():
    read = lambda file: pathlib.Path(file).read_text() if pathlib.Path(file).exists() else ""
    processor = {}
    for line in read("/proc/cpuinfo").split("\n\n")[0].splitlines():
        name, _, value = line.partition(":")
        processor[name.strip()] = value.strip()
    wanted = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_int8", "asimddp", "i8mm")
    flags = processor.get("flags", processor.get("Features", "")).split()
    return {
        "processor": processor.get("model name", platform.processor() or platform.machine()),
        "family_model": [processor.get("cpu family"), processor.get("model")],
        "instructions": [flag for flag in wanted if flag in flags],
        "cpus": os.cpu_count(), "cpus_used": cpus(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def cpus():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def sha256(path):
    """In blocks: the peak memory of this process would count as that of the processes that it starts."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
