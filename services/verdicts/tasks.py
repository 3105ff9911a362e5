"""Why a task stopped. The stop code decides which causes are possible; what no cause explains is "not known"."""

from dataclasses import replace

from services.verdicts.end_causes import (
    EXIT_CODES,
    HOST_CAUSES,
    LOG_LINE_CAUSES,
    OUT_OF_MEMORY,
    SCHEDULER_CAUSES,
    STOP_CODE_CAUSES,
)
from services.verdicts.facts import ContainerFacts, TaskFacts
from services.verdicts.services import judge_blocking
from services.verdicts.start_causes import START_CAUSES
from services.verdicts.verdict import UNKNOWN, Verdict, first_match

#: Exit codes of a container that ECS stopped because another one had exited.
STOPPED_BY_ECS = (0, 137, 143)
EXITED = "EssentialContainerExited"
SCHEDULER = "ServiceSchedulerInitiated"
NOT_KNOWN = "AWS gives no reason that this dashboard knows."


def judge(facts: TaskFacts) -> Verdict | None:
    """Return why the task stopped, None if it did not."""
    if not facts.stop_code and not facts.reason:
        return None
    if facts.stop_code in STOP_CODE_CAUSES:
        return _by_stop_code(facts)
    if facts.stop_code == SCHEDULER:
        found = first_match(SCHEDULER_CAUSES, [facts.reason], facts.raw, facts.evidence)
        return found or _unknown(facts, "The service's scheduler stopped the task.")
    if facts.stop_code == EXITED:
        return _exited(facts)
    causes = (*START_CAUSES, OUT_OF_MEMORY, *HOST_CAUSES, *SCHEDULER_CAUSES)
    if found := first_match(causes, facts.reasons, facts.raw, facts.evidence) or judge_blocking(facts.reason):
        return found
    if "Essential container" in facts.reason:
        return _exited(facts)
    failed = facts.stop_code == "TaskFailedToStart"
    return _unknown(facts, "The task failed to start." if failed else "The task stopped.")


def explain_exit(code: int) -> tuple[str, str]:
    """Return what an exit code means, and what to do."""
    if code in EXIT_CODES:
        return EXIT_CODES[code]
    if 128 < code < 160:
        return f"The program was ended by signal {code - 128}.", "Read the last log lines."
    return f"The program exited with its own code {code}.", "Read the last log lines."


def _by_stop_code(facts: TaskFacts) -> Verdict:
    """Return the verdict of a stop code that decides alone: a person may write anything as the reason."""
    cause = STOP_CODE_CAUSES[facts.stop_code]
    if facts.stop_code != "UserInitiated" and (
        host := first_match(HOST_CAUSES, [facts.reason], facts.raw, facts.evidence)
    ):
        return host
    return Verdict(cause.what, cause.why, cause.how, facts.raw, cause=cause.key, evidence=facts.evidence)


def _exited(facts: TaskFacts) -> Verdict:
    """Return why an essential container exited."""
    blamed = _blamed(facts)
    if blamed is None:
        return _unknown(facts, "An essential container exited.", "It is not known which container exited first.")
    if found := first_match((OUT_OF_MEMORY, *START_CAUSES), [blamed.reason], facts.raw, facts.evidence):
        ran_out = found.cause == OUT_OF_MEMORY.key
        what = f"The container {blamed.name} was killed because it used more memory than its limit."
        return replace(found, what=what) if ran_out else found
    if blamed.exit_code is None:
        return _unknown(facts, f"The essential container {blamed.name} stopped without an exit code.")
    why, how = explain_exit(blamed.exit_code)
    what = f"The essential container {blamed.name} exited with code {blamed.exit_code}, so the task stopped."
    if blamed.exit_code not in (0, 143) and (
        logged := first_match(LOG_LINE_CAUSES, reversed(blamed.lines), facts.raw, facts.evidence)
    ):
        return replace(logged, what=f"{logged.what} {what}")
    return Verdict(what, why, how, facts.raw, cause=f"exit_{blamed.exit_code}", evidence=facts.evidence)


def _blamed(facts: TaskFacts) -> ContainerFacts | None:
    """Return the essential container that exited first, None if that is not certain.

    When one exits, ECS stops the others: these end with the codes STOPPED_BY_ECS.
    """
    possible = [each for each in facts.containers if each.ended and each.essential is not False]
    if len(possible) == 1:
        return possible[0]
    if any(each.essential is None for each in possible):
        return None
    failed = [each for each in possible if each.reason or each.exit_code not in STOPPED_BY_ECS]
    if len(failed) == 1:
        return failed[0]
    killed = any(each.exit_code == 137 for each in possible)
    finished = [each for each in possible if each.exit_code == 0]
    return finished[0] if not failed and not killed and len(finished) == 1 else None


def _unknown(facts: TaskFacts, what: str, why: str = NOT_KNOWN) -> Verdict:
    return Verdict(
        f"{what} The cause is not known.",
        why,
        "Read AWS's message, and the last log lines and the exit code of each container.",
        facts.raw,
        cause=UNKNOWN,
        evidence=facts.evidence,
    )
