"""Random posted data for the form of any action, made from its fields: what it offers, what it does not offer, names of
things of every team in each choice, text and JSON document. An action needs no code of its own here."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final, cast

from django import forms

from ecsdash.operations.actions import Action, ActionContext, as_query
from tests.trust.random_documents import RandomDocument
from tests.trust.random_estate import Estate, Thing
from tests.web.forms.document.sample import posted

MOST_FORMS: Final = 2  # of a group, beside those that it begins with
#: How often a value is one that the form does not offer.
HOSTILE: Final = (0.0, 0.1, 0.5)
ODD: Final = ("", "x", "*", "/*", "0", "-1", "new:", "default")
NEW_NAMES: Final = ("name", "family", "service_name", "balancer_name")
PATHS: Final = ("/", "/*", "/app/*", "/app/new", "/other/*")

Data = dict[str, Any]


@dataclass
class RandomForm:
    """Fills the form of an action. `hostile`: the share of values that the form does not offer."""

    random: Random
    estate: Estate
    action: Action
    context: ActionContext

    def __post_init__(self) -> None:
        self.hostile = self.random.choice(HOSTILE)
        self.unbound = self.action.form_class(initial=self._initial(), context=self.context)

    def data(self) -> Data:
        """Return posted data. A document (`json` beside `base`) is posted as it is or with names put into it."""
        data = dict(self._fields(self.unbound, ""))
        if "json" in self.unbound.fields and "base" in self.unbound.fields:
            self._document(data, str(self.unbound["base"].value() or "{}"))
        return data

    def corrected(self, form: Any, data: Data) -> Data:
        """Return the data with another value, of those that are offered, in each field with an error."""
        self.hostile, changed = 0.0, dict(data)
        if "json" in form.errors or (form.non_field_errors() and "json" in data):
            return self.data()
        for place, each in with_groups(form):
            for name in each.errors:
                if name in each.fields:
                    initial = self.unbound[name].value() if not place else None
                    changed[place + name] = self._value(name, each.fields[name], initial)
            for name, group in getattr(each, "formsets", {}).items():
                if group.non_form_errors() or any(group.errors):
                    changed[f"{place}{name}-TOTAL_FORMS"] = str(group.min_num)
        return changed

    def _initial(self) -> Data:
        """Return the initial data, as the address or another page would give it: often of a thing of somebody."""
        initial = self.action.initial(self.context)
        origin = self.random.choice([each.name for each in self.estate.named("task_definition")])
        if "origin" in self.action.form_class.base_fields and self._chance(0.7):
            return {**initial, "from": origin}
        if "documents" in self.action.form_class.base_fields:
            document = RandomDocument(self.random, self.estate, self.action.name, self.team, self._any_name)
            return {**initial, "documents": document.launch_set()}
        return initial

    def _fields(self, form: Any, prefix: str) -> Iterator[tuple[str, Any]]:
        for name, field in form.fields.items():
            value = self._value(name, field, form[name].value())
            if value not in (None, "", []):
                yield prefix + name, value
        for name, group in getattr(form, "formsets", {}).items():
            yield from self._group(group, prefix + name)

    def _group(self, group: Any, prefix: str) -> Iterator[tuple[str, Any]]:
        shown = list(group.forms)
        if self._chance(0.1 + self.hostile):
            shown += [group.empty_form] * self.random.randint(0, MOST_FORMS)
        yield f"{prefix}-TOTAL_FORMS", str(len(shown))
        yield f"{prefix}-INITIAL_FORMS", "0"
        for number, each in enumerate(shown):
            yield from self._fields(each, f"{prefix}-{number}-")

    def _value(self, name: str, field: forms.Field, initial: Any) -> Any:
        if isinstance(field, forms.MultipleChoiceField):
            return self._several(field, initial)
        if isinstance(field, forms.ChoiceField):
            return self._one(field, initial)
        if isinstance(field, forms.BooleanField):
            return "on" if self._chance(0.9 if initial else 0.3) else ""
        if isinstance(field, forms.IntegerField):
            if initial is None and not field.required and self._chance(0.8):
                return ""
            low, high = math.ceil(cast(float, field.min_value or 0)), cast(int, field.max_value or 100)
            number = self.random.randint(low, min(high, low + 20))
            return str(initial if initial is not None and self._chance(0.7) else number)
        return self._text(name, field, initial)

    def _several(self, field: forms.MultipleChoiceField, initial: Any) -> list[str]:
        offered = list(options(field))
        known = [value for value in initial or () if value in offered]
        if known and self._chance(0.3):
            chosen = list(known)
        else:
            chosen = self.random.sample(offered, min(len(offered), self.random.randint(1, 3)))
        return [*chosen, self._name()] if self._odd() else chosen

    def _one(self, field: forms.ChoiceField, initial: Any) -> str:
        if self._odd():
            return self._name()
        offered = list(options(field))
        if str(initial) in offered and self._chance(0.6):
            return str(initial)
        return self.random.choice(offered) if offered else ""

    def _text(self, name: str, field: forms.Field, initial: Any) -> str:
        if self._odd():
            return self._name()
        if initial not in (None, "") and self._chance(0.2 if name in NEW_NAMES else 0.9):
            return str(initial)
        if not field.required and self._chance(0.8):
            return ""
        if "path" in name or name == "values":
            return self.random.choice(PATHS)
        if "host" in name:
            return self.random.choice(["site.example", ""])
        return self.random.choice([self._new_name(), self._service_name(), self._thing_name()])

    @property
    def team(self) -> str:
        return str(self.context.user.username).partition("-")[0]

    def _new_name(self) -> str:
        return f"{self.team}-{self.estate.token()}"

    def _service_name(self) -> str:
        """Return the name of a service of the team, or of one that is gone."""
        places = [*self.estate.services, *self.estate.leftovers, *self.estate.leftovers]
        return self.random.choice([name for _, name in places if name.startswith(self.team)])

    def _thing_name(self) -> str:
        return self.random.choice([each.name for each in self.estate.things if each.affinity == self.team])

    def _name(self) -> str:
        """Return a name, ARN or ID of somebody's thing, a name from which a plan derives that of such a thing, or an
        odd text."""
        if self._chance(0.1):
            return self.random.choice(ODD)
        thing: Thing = self.random.choice(self.estate.things)
        spelled = [thing.name, *thing.keys, thing.name.removeprefix("/ecs/").partition("/")[0]]
        return self.random.choice(spelled)

    def _document(self, data: Data, base: str) -> None:
        """Post changed fields alone (the JSON as it was) or the JSON alone, with names in up to three of its places."""
        document = RandomDocument(self.random, self.estate, self.action.name, self.team, self._any_name)
        before = document.valid(json.loads(base))
        shown = posted(before, form=self.action.form_class.document_form)  # type: ignore[attr-defined]
        data.update({name: values if len(values) > 1 else values[0] for name, values in shown.lists()})
        if self._chance(0.4):
            places = [name for name in shown if name.startswith("/") and "#" not in name]
            data.update({place: self._name() for place in self.random.sample(places, 3) if self._odd()})
            return
        written = json.loads(str(shown["base"]))
        for _ in range(self.random.randint(0, 3) if self._chance(0.7) else 0):
            document.put(written)
        data["json"] = json.dumps(written)

    def _any_name(self) -> str:
        """Return a new name of the team, or a hostile one."""
        return self._name() if self._odd() else self._new_name()

    def _odd(self) -> bool:
        return self._chance(self.hostile)

    def _chance(self, share: float) -> bool:
        return self.random.random() < share


def options(field: forms.ChoiceField) -> Iterator[str]:
    """Yield the values that a field offers, those in groups too."""
    for value, label in cast(Any, field.choices):
        if isinstance(label, list | tuple):
            yield from (str(each) for each, _ in label)
        elif value != "":
            yield str(value)


def with_groups(form: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield a form and the forms of its groups, each with the prefix of its fields."""
    yield prefix, form
    for name, group in getattr(form, "formsets", {}).items():
        for number, each in enumerate(group.forms):
            yield from with_groups(each, f"{prefix}{name}-{number}-")


def bound(action: Action, context: ActionContext, data: Data) -> Any:
    return action.form_class(as_query(data), context=context)
