"""Compares dashboard.json and alerts.yml with what the services export: every figure, every label and every endpoint a query names is in
the sources of the services. With --queries, prints the dashboard's queries as rules for promtool. With --scraped FILE.., compares what a running
service showed with what the sources say, so that reading the sources is not trusted alone."""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# What Prometheus itself adds to every target.
TARGET = {"job", "instance", "namespace", "pod"}
SUFFIXES = {"counter": [""], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]}
WORDS = set(
    "sum by without avg min max count topk rate increase absent histogram_quantile and or unless on ignoring group_left group_right le bool offset time"
    .split()
)


def sources():
    for crate in ("shared-types", "identity-service", "oauth-service"):
        for path in sorted((ROOT / crate / "src").rglob("*.rs")):
            if "tests" not in path.parts and path.stem != "tests":
                yield path.read_text(encoding="utf-8")


def exported(texts):
    """Figures and their labels, as the sources register them."""
    listed = r"&\[([^\]]*)\]"
    found = {}
    for text in texts:
        constants = dict(re.findall(r"let (\w+) = " + listed, text))
        for kind, name, rest in (
            [("counter", *match) for match in re.findall(r'IntCounterVec::new\(\s*Opts::new\(\s*"(\w+)".*?\),\s*&\[([^\]]*)\]', text, re.S)]
            + [("histogram", *match) for match in re.findall(r'HistogramOpts::new\(\s*"(\w+)".*?\),\s*&\[([^\]]*)\]', text, re.S)]
            + [("gauge", name, "") for name in re.findall(r'(?:Int)?Gauge::new\(\s*"(\w+)"', text)]
            + [("counter", name, constants.get(last.strip(), last)) for name, last in re.findall(r'\.counter\(\s*"(\w+)",\s*"[^"]*",\s*&?([^)]*)\)', text)]
        ):
            labels = set(re.findall(r'"(\w+)"', rest))
            for suffix in SUFFIXES[kind]:
                found[name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    # The registry adds these to every figure.
    common = re.search(r"let labels = \[(.*?)\]\.into\(\)", "\n".join(texts), re.S)
    added = set(re.findall(r'\("(\w+)"\.to_owned\(\)', common.group(1)))
    return {name: labels | added for name, labels in found.items()}


def routes(texts):
    """Paths in the sources; what is put together of a prefix and a rest counts as both do."""
    found = {"unmatched"}
    for text in texts:
        for path in re.findall(r'"((?:\{\w+\})?/[\w./{}*:+-]*)"', text):
            found.add(path)
            for prefix in ("", "/admin"):
                found.add(path.replace("{prefix}", prefix).replace("{root}", prefix).replace("{{", "{").replace("}}", "}"))
    return found


def queries():
    dashboard = json.loads((HERE / "dashboard.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield f"dashboard, {panel['title']}", target["expr"], target["legendFormat"]
    rules = re.split(r"\n\s*- alert: ", (HERE / "alerts.yml").read_text(encoding="utf-8"))[1:]
    for rule in rules:
        name, _, body = rule.partition("\n")
        expression = re.search(r"expr:(.*?)\n\s*(?:for|labels):", body, re.S).group(1)
        yield f"alert {name}", expression.strip().removeprefix("|"), body


def problems():
    texts = list(sources())
    figures = exported(texts)
    paths = routes(texts)
    everything = set().union(*figures.values()) | TARGET
    apps = set(re.findall(r'Metrics::new\("([\w-]+)"', "\n".join(texts)))
    for place, query, shown in queries():
        bare = re.sub(r'"[^"]*"', '""', query)
        grouped = [label for group in re.findall(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)", bare) for label in re.findall(r"\w+", group)]
        names = set(re.findall(r"\b([a-z_]{2,})\b", re.sub(r"\{[^}]*\}|\b(?:by|without|on|ignoring)\s*\([^)]*\)|\[[^\]]*\]", "", bare))) - WORDS
        if not names:
            yield f"{place}: names no figure"
        available = set(TARGET)
        for name in names:
            if name not in figures:
                yield f"{place}: no service exports {name}"
            available |= figures.get(name, set())
        for name, selector in re.findall(r"\b([a-z_]+)\{([^}]*)\}", query):
            for label, operator, value in re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"', selector):
                if name in figures and label not in figures[name] | TARGET:
                    yield f"{place}: {name} has no label {label}"
                if label == "endpoint":
                    pattern = value if operator in ("=~", "!~") else re.escape(value)
                    for alternative in expanded(pattern):
                        if not any(re.fullmatch(alternative, path) for path in paths):
                            yield f"{place}: no route is like {alternative}"
                if label == "app":
                    for app in expanded(value):
                        if app not in apps:
                            yield f"{place}: no service is called {app}"
        for label in grouped:
            if label not in available:
                yield f"{place}: grouped by {label}, which none of {', '.join(sorted(names))} has"
        for label in re.findall(r"\{\{(\w+)\}\}", shown):
            if label not in everything:
                yield f"{place}: shows {label}, which nothing has"
        runbook = re.search(r"runbook: ([\w./-]+)(?:#([\w-]+))?", shown)
        if runbook:
            file = ROOT / runbook.group(1)
            text = file.read_text(encoding="utf-8") if file.exists() else ""
            anchors = {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in re.findall(r"^#+ (.*)", text, re.M)}
            if not text or (runbook.group(2) and runbook.group(2) not in anchors):
                yield f"{place}: no runbook {runbook.group(0)}"


def expanded(pattern):
    """The alternatives of a pattern, with one level of parentheses."""
    match = re.search(r"\(([^()]*)\)", pattern)
    if match and "|" in match.group(1):
        return [pattern[: match.start()] + part + pattern[match.end() :] for part in match.group(1).split("|")]
    return pattern.split("|")


def scraped(files):
    """What is shown and not in the sources, or with other labels; what the sources promise of every service and none of it shows."""
    expected = exported(list(sources()))
    seen = {}
    for file in files:
        for name, labels in re.findall(r"^([a-z_]+)\{([^}]*)\}", pathlib.Path(file).read_text(encoding="utf-8"), re.M):
            seen.setdefault(name, set()).add(frozenset(re.findall(r'(\w+)="', labels)))
    for name, kinds in seen.items():
        if name not in expected:
            yield f"{name} is shown, and the sources do not have it"
        elif kinds != {frozenset(expected[name])}:
            yield f"{name} has other labels than the sources say: {sorted(map(sorted, kinds))}"
    # A count by labels is shown when something was counted.
    for name in expected.keys() - seen.keys() - {"courier_dispatches_total", "identity_events_total", "oauth2_grants_total"}:
        yield f"{name} is in the sources, and not shown"


def main():
    if "--scraped" in sys.argv:
        found = list(scraped(sys.argv[sys.argv.index("--scraped") + 1 :]))
        for problem in found:
            print(f"deploy: {problem}")
        if not found:
            print("deploy: running services show the figures the sources say")
        return 1 if found else 0
    if "--queries" in sys.argv:
        print("groups:\n  - name: dashboard\n    rules:")
        for number, (place, query, _) in enumerate(queries()):
            if place.startswith("dashboard"):
                print(f"      - record: dashboard:{number}:query\n        expr: {json.dumps(query.replace('$__rate_interval', '5m'))}")
        return 0
    found = list(problems())
    for problem in found:
        print(f"deploy: {problem}")
    count = len(list(queries()))
    print(f"deploy: {count} queries compared with the figures of the services")
    return 1 if found or count < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
