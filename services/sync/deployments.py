"""Service deployments, of those services whose deployments have moved since they were last looked at."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Now

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import AwsError, NotFound
from ecsdash.aws.limits import DESCRIBE_SERVICE_DEPLOYMENTS, DESCRIBE_SERVICE_REVISIONS, PAGE
from ecsdash.inventory import store
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.inventory.sweeps import sweeper
from services.models import Service, ServiceDeployment
from services.statuses import DeploymentStatus
