"""What plans of this app wait for, look up and observe; one module per noun."""

from clusters.runtime import capacity_providers as capacity
from clusters.runtime import clusters
from clusters.runtime import container_instances as instances
from clusters.runtime import event_feeds as events
