"""No sequence of form edits of a service or a task to run loses or changes a member that it does not touch."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecsdash.web.forms.document.state import DocumentForm
from services.documents.service.document import OF_THE_CALL
from services.forms.run_task_fields import RUN_TASK
from services.forms.service.declaration import SERVICE_FORM
from tests.services.form_edits import STATEFUL, Edits, after
from tests.services.random_definitions import definitions

CREATE_SERVICE, RUN = "ecs.create_service", "ecs.run_task"
#: The form leaves out what says where and how the call is made.
SERVICES = definitions(CREATE_SERVICE).map(
    lambda document: {name: value for name, value in document.items() if name not in OF_THE_CALL}
)


@pytest.mark.parametrize(
    ("form", "starts"), [(SERVICE_FORM, SERVICES), (RUN_TASK, definitions(RUN))], ids=["service", "task"]
)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_a_form_that_is_only_shown_and_posted_changes_nothing(
    form: DocumentForm, starts: st.SearchStrategy[dict[str, Any]], data: st.DataObject
) -> None:
    document = data.draw(starts)
    assert json.dumps(after(form, document)) == json.dumps(document)


class ServiceEdits(Edits):
    form = SERVICE_FORM
    starts = SERVICES


class RunTaskEdits(Edits):
    form = RUN_TASK
    starts = definitions(RUN)


TestServiceEdits, TestRunTaskEdits = ServiceEdits.TestCase, RunTaskEdits.TestCase
TestServiceEdits.settings = TestRunTaskEdits.settings = STATEFUL
