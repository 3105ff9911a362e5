"""Form fields of a listener rule: host names, paths and priority."""

import re
from typing import Any

from django import forms

from ecsdash.web.forms.conditional_fields import required_where_shown
from services.selectors.load_balancers import LAST_PRIORITY

#: Elastic Load Balancing: API reference, "RuleCondition"; quotas of application load balancers.
MOST_VALUES, LONGEST_VALUE, MOST_WILDCARDS = 5, 128, 6
HOST = re.compile(r"\A[A-Za-z0-9.*?-]*\.[A-Za-z*?]+\Z")
PATH = re.compile(r"\A[/*][A-Za-z0-9_.$/~\"'@:+&*?-]*\Z")
HOST_HINT = "is not a host name. Use letters, digits, hyphens, dots, * and ?, with only letters after the last dot."
PATH_HINT = "is not a path. Begin with a slash, without spaces or a query string; * and ? are allowed."


class RuleFields(forms.Form):
    """Form fields; cleaned, hosts and paths are lists, `rule_priority` is None for the next free one."""

    listener = required_where_shown(forms.ChoiceField(label="Listener"))
    rule_hosts = forms.CharField(
        label="Host names",
        required=False,
        max_length=700,
        help_text="Separated by spaces; * and ? are wildcards. Their DNS records must point to the load balancer.",
    )
    rule_paths = forms.CharField(
        label="Path patterns",
        required=False,
        max_length=700,
        help_text="Separated by spaces, for example /api/*. If you also enter host names, a request must match both.",
    )
    rule_priority = forms.IntegerField(
        label="Priority",
        required=False,
        min_value=1,
        max_value=LAST_PRIORITY,
        help_text="Rules are evaluated from the lowest number up. Empty: after the existing rules.",
    )

    def check_rule(self, data: dict[str, Any]) -> None:
        if not data.get("listener"):
            self.add_error("listener", "Choose the listener.")
        hosts = data["rule_hosts"] = self._values(data, "rule_hosts", HOST, HOST_HINT)
        paths = data["rule_paths"] = self._values(data, "rule_paths", PATH, PATH_HINT)
        if not hosts and not paths and not {"rule_hosts", "rule_paths"} & self.errors.keys():
            self.add_error("rule_hosts", "Enter a host name, a path pattern, or both.")
        if len(hosts) + len(paths) > MOST_VALUES:
            self.add_error("rule_paths", f"A rule can have at most {MOST_VALUES} host names and paths in total.")
        elif sum(each.count("*") + each.count("?") for each in (*hosts, *paths)) > MOST_WILDCARDS:
            self.add_error("rule_paths", f"A rule can have at most {MOST_WILDCARDS} wildcards (* and ?) in total.")

    def _values(self, data: dict[str, Any], field: str, form: re.Pattern[str], hint: str) -> list[str]:
        """Return the values of the field, each once and validated, in their order."""
        found = list(dict.fromkeys((data.get(field) or "").replace(",", " ").split()))
        for value in found:
            if len(value) > LONGEST_VALUE:
                self.add_error(field, f"{value[:20]}… is longer than {LONGEST_VALUE} characters.")
            elif not form.match(value):
                self.add_error(field, f"{value} {hint}")
        return found
