"""kubernetes.py FILE..: what the chart renders, compared with Kubernetes' own schemas (unknown fields are errors) of the version in the
file's name, and with what the chart promises of its pods and of what it exposes."""

import re
import sys

import kubernetes_validate
import yaml

OTHERS = {"HTTPRoute", "ServiceMonitor"}
ADMIN = {"admin", "metrics", 4434, 4435, 4445}
WITH_PODS = {"Deployment", "Job"}


def pod(thing):
    """Promises of every pod."""
    spec = thing["spec"]["template"]["spec"]
    security = spec.get("securityContext", {})
    if spec.get("automountServiceAccountToken") is not False:
        yield "mounts a token it has no use for"
    if not security.get("runAsNonRoot") or security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "may run as root, or without seccomp"
    for container in spec["containers"]:
        own = container.get("securityContext", {})
        if not own.get("readOnlyRootFilesystem") or own.get("allowPrivilegeEscalation") is not False:
            yield "may write to its image or gain privileges"
        if own.get("capabilities", {}).get("drop") != ["ALL"]:
            yield "keeps capabilities"
        if not container.get("resources", {}).get("requests") or "memory" not in container["resources"].get("limits", {}):
            yield "has no requests, or no limit of memory"
        if thing["kind"] == "Deployment" and not all(container.get(f"{kind}Probe") for kind in ("startup", "liveness", "readiness")):
            yield "lacks a probe"
        for variable in container.get("env", []):
            if re.search(r"DSN|SECRET|PASSWORD|_KEY$|_URI$", variable["name"]) and "value" in variable:
                yield f"holds {variable['name']} in clear"


def exposure(thing):
    """Admin ports are exposed by nothing."""
    if thing["kind"] == "Ingress":
        backends = [path["backend"]["service"] for rule in thing["spec"]["rules"] for path in rule["http"]["paths"]]
        ports = [(service["name"], service["port"].get("name", service["port"].get("number"))) for service in backends]
    elif thing["kind"] == "HTTPRoute":
        ports = [(to["name"], to["port"]) for rule in thing["spec"]["rules"] for to in rule["backendRefs"]]
    elif thing["kind"] == "Service":
        if thing["spec"].get("type", "ClusterIP") != "ClusterIP":
            yield "is reached from outside of the cluster"
        return
    else:
        return
    if any(name.endswith("-admin") or port in ADMIN for name, port in ports):
        yield "exposes an admin port"


def secrets(thing):
    """A ConfigMap holds no secret."""
    if thing["kind"] == "ConfigMap":
        for name, text in thing["data"].items():
            if name.endswith(".yml") and re.search(r"postgres://|smtps?://|Bearer ", text):
                yield f"holds a secret in {name}"


def whole(things):
    """What is referred to is there, and by its port."""
    named = {(thing["kind"], thing["metadata"]["name"]): thing for thing in things}
    if len(named) != len(things):
        yield "two objects have the same name"
    for kind, name in [("Deployment", "portico-identity"), ("Deployment", "portico-oauth"), ("Job", "portico-identity-migrate"), ("Job", "portico-oauth-migrate")]:
        if (kind, name) not in named:
            yield f"no {kind} {name}"
    labels = [thing["spec"]["template"]["metadata"]["labels"] for thing in things if thing["kind"] in WITH_PODS]
    for (kind, name), thing in named.items():
        selector = thing["spec"].get("selector") or thing["spec"].get("podSelector") if kind in {"Service", "PodDisruptionBudget", "NetworkPolicy"} else None
        wanted = (selector or {}).get("matchLabels", selector)
        if wanted and not any(wanted.items() <= own.items() for own in labels):
            yield f"{kind} {name} selects no pod"
        if kind == "HorizontalPodAutoscaler" and ("Deployment", thing["spec"]["scaleTargetRef"]["name"]) not in named:
            yield f"{name} scales nothing"
        if kind == "Ingress":
            for rule in thing["spec"]["rules"]:
                for path in rule["http"]["paths"]:
                    if ("Service", path["backend"]["service"]["name"]) not in named:
                        yield f"Ingress {name} leads nowhere"


def main(files):
    problems, count = [], 0
    for file in files:
        version = re.search(r"-(\d+\.\d+)\.\d+\.yaml$", file).group(1)
        with open(file, encoding="utf-8") as text:
            things = [thing for thing in yaml.safe_load_all(text) if thing]
        problems += [f"{file}: {problem}" for problem in whole(things)]
        for thing in things:
            label = f"{thing['kind']} {thing['metadata']['name']} ({version})"
            rules = [exposure, secrets] + ([pod] if thing["kind"] in WITH_PODS else [])
            problems += [f"{label} {problem}" for rule in rules for problem in rule(thing)]
            if thing["kind"] in OTHERS:
                continue
            count += 1
            try:
                kubernetes_validate.validate(thing, version, strict=True)
            except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
                problems.append(f"{label}: {error.message}")
    for problem in problems:
        print(f"deploy: {problem}")
    print(f"deploy: {count} objects compared with the schemas of Kubernetes")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
