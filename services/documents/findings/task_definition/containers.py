"""Rules about one container: name, image, memory, health check, restart, environment, secrets."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from services.documents.findings.parts import Part, Violation, listed, name_of, outside
from services.documents.findings.references import is_arn, is_credential, is_object, is_secret
from services.documents.findings.task_definition.task import NAME, NAME_HOW, on

IMAGE: Final = re.compile(r"[A-Za-z0-9_:./#@-]+")
LONGEST_IMAGE: Final = 255
DIGEST: Final = re.compile(r"sha256:[A-Fa-f0-9]{64}")
LEAST_MEMORY: Final = 6
MOST_FILES, MOST_EXIT_CODES = 10, 50
#: Ranges in seconds or tries (API reference, HealthCheck).
HEALTH_CHECK: Final = {"interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "startPeriod": (0, 300)}
ROLE_HOW: Final = "Choose an execution role."


def names(definition: Part) -> Iterator[Violation]:
    containers = definition.parts("containerDefinitions")
    counts = Counter(each.get("name") for each in containers)
    for each in containers:
        name = each.get("name", "")
        if not name:
            yield Violation(each.at("name"), "The container has no name", "", NAME_HOW)
        elif not NAME.fullmatch(name):
            yield Violation(each.at("name"), "The name has characters that ECS does not take", "", NAME_HOW)
        elif counts[name] > 1:
            what = f"Two containers are called {name_of(each)}"
            yield Violation(each.at("name"), what, "", "Give each its own name.")


def image(definition: Part, container: Part) -> Iterator[Violation]:
    text = container.get("image", "")
    place = container.at("image")
    name, _, digest = text.partition("@")
    if not text:
        yield Violation(place, "The container has no image", "", "Enter repository:tag or repository@digest.")
    elif not IMAGE.fullmatch(text):
        how = "Enter repository:tag without spaces."
        yield Violation(place, "The image has characters that ECS does not take", "", how)
    elif len(name) > LONGEST_IMAGE:
        what = f"The name of the image has {len(name)} characters"
        yield Violation(place, what, f"ECS takes at most {LONGEST_IMAGE} before the digest.", "Shorten it.")
    elif digest and not DIGEST.fullmatch(digest):
        how = "Enter repository@sha256: and 64 hexadecimal digits."
        yield Violation(place, "This is not a digest that ECS takes", "", how)


def memory(definition: Part, container: Part) -> Iterator[Violation]:
    limit, reserved = container.get("memory") or 0, container.get("memoryReservation") or 0
    task = definition.get("memory")
    if not (limit or reserved or task):
        how = "Set a memory limit or reservation here, or a memory size for the task."
        yield Violation(container.at("memory"), "The container has no memory limit or reservation", "", how)
    for member, value in (("memory", limit), ("memoryReservation", reserved)):
        if container.has(member) and value < LEAST_MEMORY:
            how = f"Enter at least {LEAST_MEMORY} MiB, or remove it."
            yield Violation(container.at(member), f"{value} MiB are too little for a container", "", how)
    if limit and reserved > limit:
        yield Violation(
            container.at("memoryReservation"),
            "The soft limit must be less than the hard limit",
            f"It reserves {reserved} MiB of at most {limit} MiB.",
            "Reduce the soft limit, or raise the hard limit.",
        )


def numbers(definition: Part, container: Part) -> Iterator[Violation]:
    yield from outside(container, "cpu", 0, None)
    for member in ("startTimeout", "stopTimeout"):
        yield from outside(container, member, 0, None, "seconds")
    parameters = container.part("linuxParameters")
    yield from outside(parameters, "swappiness", 0, 100)
    for member in ("maxSwap", "sharedMemorySize"):
        yield from outside(parameters, member, 0, None, "MiB")
    for mount in parameters.parts("tmpfs"):
        yield from outside(mount, "size", 1, None, "MiB")
    for each in container.parts("ulimits"):
        soft, hard = each.get("softLimit", 0), each.get("hardLimit", 0)
        if soft > hard >= 0:
            what = f"The soft limit of {name_of(each)} is greater than the hard limit"
            yield Violation(each.at("softLimit"), what, "The container could not start.", f"Enter at most {hard}.")


def health_check(definition: Part, container: Part) -> Iterator[Violation]:
    check = container.part("healthCheck")
    if check.get("command") == []:
        yield Violation(check.at("command"), "The health check has no command", "", 'Enter ["CMD-SHELL", "…"].')
    for member, (least, most) in HEALTH_CHECK.items():
        yield from outside(check, member, least, most, "" if member == "retries" else "seconds")


def restart_policy(definition: Part, container: Part) -> Iterator[Violation]:
    policy = container.part("restartPolicy")
    yield from outside(policy, "restartAttemptPeriod", 60, 1800, "seconds")
    codes = policy.get("ignoredExitCodes", ())
    if len(codes) > MOST_EXIT_CODES:
        what, why = f"{len(codes)} exit codes are too many", f"ECS takes at most {MOST_EXIT_CODES}."
        yield Violation(policy.at("ignoredExitCodes"), what, why, "Remove some.")


def variables(definition: Part, container: Part) -> Iterator[Violation]:
    plain = {each.get("name") for each in container.parts("environment")}
    for each in (*container.parts("environment"), *container.parts("secrets")):
        if not each.get("name"):
            yield Violation(each.at("name"), "The variable has no name", "", "Enter one, or remove the entry.")
    counts = Counter(each.get("name") for each in container.parts("secrets"))
    for each in container.parts("secrets"):
        name = each.get("name")
        if name and (name in plain or counts[name] > 1):
            other = "the environment and the secrets" if name in plain else "the secrets twice"
            what = f"{name_of(each)} is set twice"
            yield Violation(each.at("name"), what, f"It is in {other}.", "Keep one of them.")


def secrets_role(definition: Part, container: Part) -> Iterator[Violation]:
    if definition.get("executionRoleArn"):
        return
    needs = {
        "Secrets": container.get("secrets"),
        "Secrets of the log configuration": container.part("logConfiguration").get("secretOptions"),
        "Credentials of a private registry": container.get("repositoryCredentials"),
    }
    for what, value in needs.items():
        if value:
            why = f"They are used by {name_of(container)}."
            yield Violation(definition.at("executionRoleArn"), f"{what} require an execution role", why, ROLE_HOW)


def secrets(definition: Part, container: Part) -> Iterator[Violation]:
    for each in (*container.parts("secrets"), *container.part("logConfiguration").parts("secretOptions")):
        if not is_secret(each.get("valueFrom", "")):
            yield Violation(
                each.at("valueFrom"),
                "This is not the ARN of a secret or parameter",
                "ECS refuses malformed ARNs.",
                "Enter the ARN of a secret in Secrets Manager, or the ARN or name of an SSM parameter.",
            )
    credentials = container.part("repositoryCredentials")
    if credentials.has("credentialsParameter") and not is_credential(credentials.get("credentialsParameter")):
        how = "Enter the ARN or the name of a secret in Secrets Manager."
        yield Violation(credentials.at("credentialsParameter"), "This is not the ARN of a secret", "", how)


def environment_files(definition: Part, container: Part) -> Iterator[Violation]:
    files = container.parts("environmentFiles")
    if len(files) > MOST_FILES:
        what, why = f"{len(files)} environment files are too many", f"ECS takes at most {MOST_FILES}."
        yield Violation(container.at("environmentFiles"), what, why, "Remove some.")
    for each in files:
        value = each.get("value", "")
        if not is_object(value) or not value.endswith(".env"):
            how = "Enter arn:aws:s3:::<bucket>/<name>.env."
            yield Violation(each.at("value"), "This is not the ARN of an environment file in S3", "", how)


def credential_specs(definition: Part, container: Part) -> Iterator[Violation]:
    specs = container.get("credentialSpecs", ())
    if len(specs) > 1:
        yield Violation(container.at("credentialSpecs"), "ECS takes one credential spec", "", "Keep one of them.")
    for place, spec in container.entries("credentialSpecs"):
        kind, _, arn = spec.partition(":")
        if kind not in ("credentialspec", "credentialspecdomainless") or not (is_object(arn) or is_arn(arn, "ssm")):
            how = "Enter credentialspec: or credentialspecdomainless: and the ARN of an S3 object or SSM parameter."
            yield Violation(place, "This is not a credential spec", "", how)


def volumes_from(definition: Part, container: Part) -> Iterator[Violation]:
    names = [each.get("name") for each in definition.parts("containerDefinitions")]
    others = [name for name in names if name != container.get("name")]
    for each in container.parts("volumesFrom"):
        if each.get("sourceContainer") not in others:
            yield Violation(
                each.at("sourceContainer"),
                f"The container {name_of(each, 'sourceContainer')} does not exist",
                "",
                f"Enter one of {listed(others)}." if others else "Remove it: there is no other container.",
            )


def resources(definition: Part, container: Part) -> Iterator[Violation]:
    for each in container.parts("resourceRequirements"):
        kind, value, shared = each.get("type"), each.get("value"), each.get("sharingStrategy")
        if value and shared:
            yield Violation(each.at("value"), "A value and a sharing strategy exclude each other", "", "Keep one.")
        elif not value and not (kind == "GPU" and shared):
            yield Violation(each.at("value"), "The resource has no value", "", "Enter a number, or ALL.")
        elif kind == "NeuronDevice" and value != "ALL":
            yield Violation(each.at("value"), "Neuron devices are assigned together", "", "Enter ALL.")
        elif shared and on(definition, "EXTERNAL"):
            what = "GPUs of external instances cannot be shared"
            yield Violation(each.at("sharingStrategy"), what, "", "Remove it, and enter a value.")
