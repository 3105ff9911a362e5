"""What plans of this app wait for, look up and observe; one module per noun."""

from clusters.conditions import capacity as capacity
from clusters.conditions import clusters as clusters
from clusters.conditions import events as events
from clusters.conditions import instances as instances
from clusters.conditions import roles as roles
