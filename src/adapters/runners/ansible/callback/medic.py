"""A stdout callback for ansible-playbook that writes one JSON object per line and event.

Use: ANSIBLE_CALLBACK_PLUGINS=<this directory> ANSIBLE_STDOUT_CALLBACK=medic

    {"event": "play_start", "play": name, "hosts": [pattern, ...], "check": bool}
    {"event": "no_hosts", "play": name}        the pattern matched nothing; ansible-playbook still exits with 0
    {"event": "task_start", "task": name, "acts": bool}
    {"event": "ok", "task", "host", "acts": bool, "changed": bool, "diff"?: text, "msg"?: text, "found"?: text}
    {"event": "failed", "task", "host", "acts": bool, "msg": text, "stderr"?: its end, "ignored"?: true, "unsure"?: true,
     "refused"?: true}
    {"event": "unreachable", "task", "host", "acts": bool, "msg": text, "unsure"?: true}
    {"event": "skipped", "task", "host"}
    {"event": "retry", "task", "host", "acts": bool, "attempt": int, "retries": int}
    {"event": "stats", "hosts": {host: {"ok", "changed", "failures", "unreachable", "skipped", "rescued", "ignored"}}}

With MEDIC_DEADLINE, a JSON object of the arguments of `enforce` in ../remote/deadline.py, every remote command gets a deadline,
and ssh has the time to say why it failed. This plugin sees to it because Ansible loads it before it starts any, and does nothing without it.

`found`: the output of a task with the tag `medic_before`, which reads what the play is about to change.
`acts`: the task may change something. It may unless its action is known to look only, or it carries the tag `medic_look`, `medic_before` or
`medic_fence`. `unsure`: its message cannot tell whether the task began on that host. `refused`: the playbook itself decided so, by an
assertion with words of its own.

Texts are bounded. A result that was marked no_log reaches callbacks already emptied by Ansible; it is written without
message, diff and stderr.
"""

import difflib
import importlib.util
import json
import os
import sys

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: medic
type: stdout
short_description: one JSON line per event
description: Writes what a run does as JSON lines, for a program to read while it happens.
"""

MSG_LIMIT = 2000
STDERR_LIMIT = 2000
DIFF_LIMIT = 8000
FOUND_LIMIT = 4000

# Tasks with one of these tags leave what is to be mended as it is; the fence writes a number of Medic's own and nothing else.
LOOKING_TAGS = {"medic_look", "medic_before", "medic_fence"}
# Actions that leave every host as it is, whatever they are told to do. What is missing here counts as acting.
LOOKING = {
    "add_host", "assert", "debug", "fail", "find", "gather_facts", "getent", "group_by", "import_playbook", "import_role",
    "import_tasks", "include", "include_role", "include_tasks", "include_vars", "meta", "mount_facts", "package_facts", "pause",
    "ping", "service_facts", "set_fact", "set_stats", "setup", "slurp", "stat", "validate_argument_spec", "wait_for",
    "wait_for_connection",
}
BUILTIN = ("ansible.builtin.", "ansible.legacy.")


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "medic"

    def __init__(self):
        super().__init__()
        self._play_name = ""
        deadline = os.environ.get("MEDIC_DEADLINE")
        if deadline:
            load("deadline").enforce(**json.loads(deadline))
            load("reason").hear()

    def v2_playbook_on_play_start(self, play):
        self._play_name = play.get_name().strip()
        hosts = play.hosts if isinstance(play.hosts, list) else [play.hosts]
        write("play_start", play=self._play_name, hosts=[clip(str(host), 200) for host in hosts], check=bool(play.check_mode))

    def v2_playbook_on_no_hosts_matched(self):
        write("no_hosts", play=self._play_name)

    def v2_playbook_on_task_start(self, task, is_conditional):
        write("task_start", task=name_of(task), acts=acts(task))

    def v2_playbook_on_handler_task_start(self, task):
        write("task_start", task=name_of(task), acts=acts(task))

    def v2_runner_on_ok(self, result):
        write("ok", **subject(result), acts=acts(result._task), changed=bool(result._result.get("changed")), **details(result), **found(result))

    def v2_runner_on_failed(self, result, ignore_errors=False):
        marks = {"ignored": ignore_errors, "unsure": is_unsure(result), "refused": is_refusal(result)}
        write("failed", **failure(result), **stderr(result), **{name: True for name, is_so in marks.items() if is_so})

    def v2_runner_on_unreachable(self, result):
        write("unreachable", **failure(result), **({"unsure": True} if is_unsure(result) else {}))

    def v2_runner_on_skipped(self, result):
        write("skipped", **subject(result))

    def v2_runner_retry(self, result):
        seen = result._result
        write("retry", **subject(result), acts=acts(result._task), attempt=seen.get("attempts", 0), retries=seen.get("retries", 0))

    def v2_playbook_on_stats(self, stats):
        write("stats", hosts={host: stats.summarize(host) for host in sorted(stats.processed)})


def load(name):
    path = os.path.join(os.path.dirname(__file__), os.pardir, "remote", name + ".py")
    spec = importlib.util.spec_from_file_location("medic_" + name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(event, **fields):
    # One write and flush per line, so that a reader sees whole lines as they happen.
    sys.stdout.write(json.dumps({"event": event, **fields}, default=str) + "\n")
    sys.stdout.flush()


def name_of(task):
    return clip(task.get_name().strip(), 200)


def subject(result):
    return {"task": name_of(result._task), "host": result._host.get_name()}


def failure(result):
    return {**subject(result), "acts": acts(result._task), "msg": "", **details(result)}


def acts(task):
    """Whether a task may change something: unless it is known that it cannot, it may."""
    if LOOKING_TAGS.intersection(task.tags):
        return False
    action = task.action
    for prefix in BUILTIN:
        action = action[len(prefix):] if action.startswith(prefix) else action
    if action == "uri":
        return not asks_only(task.args)
    return action not in LOOKING


def asks_only(args):
    """Of `uri`: it asks and keeps nothing. A method that is a template is not known yet."""
    return str(args.get("method", "GET")).upper() in ("GET", "HEAD") and not args.get("dest")


def is_unsure(result):
    """Whether one message cannot tell if the task began: each item of a loop has an end of its own, and what a raw command says
    comes through the very channel that reports a connection which failed.
    """
    items = [item for item in as_list(result._result.get("results")) if isinstance(item, dict)]
    had_turn = [item for item in items if not item.get("skipped")]
    return len(had_turn) > 1 or result._task.action.rsplit(".", 1)[-1] in ("raw", "script")


def is_refusal(result):
    is_assertion = result._task.action.rsplit(".", 1)[-1] == "assert" and "assertion" in result._result
    return is_assertion and bool(result._task.args.get("fail_msg") or result._task.args.get("msg"))


def details(result):
    """The message and diff of a result, unless it is secret."""
    seen = result._result
    if is_secret(result):
        return {}
    found = {}
    message = message_of(seen)
    if message:
        found["msg"] = clip(message, MSG_LIMIT)
    diff = "\n".join(text for text in map(diff_text, as_list(seen.get("diff"))) if text)
    if diff:
        found["diff"] = clip(diff, DIFF_LIMIT)
    return found


def message_of(seen):
    items = [item for item in as_list(seen.get("results")) if isinstance(item, dict)]
    failed_items = [item for item in items if item.get("failed") or item.get("unreachable")]
    if failed_items:
        return "; ".join(str(item.get("msg", "failed")) for item in failed_items[:5])
    message = seen.get("msg", "")
    return message if isinstance(message, str) else json.dumps(message, default=str)


def found(result):
    """What a task reads of how things stood, whole or not at all: half of it would be compared with half."""
    text = result._result.get("stdout")
    if "medic_before" not in result._task.tags or is_secret(result) or not isinstance(text, str):
        return {}
    return {"found": text} if 0 < len(text) <= FOUND_LIMIT else {}


def stderr(result):
    text = "" if is_secret(result) else str(result._result.get("stderr") or result._result.get("module_stderr") or "")
    return {"stderr": text[-STDERR_LIMIT:]} if text else {}


def is_secret(result):
    # A loop with no_log keeps its items' texts out as well, but only the items carry the mark.
    items = [item for item in as_list(result._result.get("results")) if isinstance(item, dict)]
    return bool(result._task.no_log) or any("censored" in part for part in [result._result, *items])


def diff_text(diff):
    """A unified diff of what a module says it changes."""
    if not isinstance(diff, dict):
        return ""
    if "prepared" in diff:
        return str(diff["prepared"])
    for side in ("before", "after"):
        if f"{side}_binary" in diff or diff.get("src_larger") or diff.get("dst_larger"):
            return "(a binary or large file changes)"
    before, after = (as_lines(diff.get(side, "")) for side in ("before", "after"))
    if before == after:
        return ""
    # The header of the new side may be a temporary file; a diff must read the same each time it is made.
    name = diff.get("before_header") or diff.get("after_header") or ""
    sides = [f"{name} ({side})".strip() for side in ("before", "after")]
    lines = difflib.unified_diff(before, after, fromfile=sides[0], tofile=sides[1], lineterm="")
    return "\n".join(lines)


def as_lines(value):
    text = value if isinstance(value, str) else json.dumps(value, indent=2, sort_keys=True, default=str)
    return text.splitlines()


def as_list(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def clip(text, limit):
    return text if len(text) <= limit else text[: limit - 1] + "…"
