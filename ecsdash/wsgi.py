import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecsdash.settings")
django = get_wsgi_application()

from ecsdash.access.client import limited_address  # noqa: E402 models exist only now
from ecsdash.access.sessions import fingerprint_of_session, has_user, session_key  # noqa: E402
from ecsdash.inventory import changes  # noqa: E402
from ecsdash.web.garbage import freeze_started  # noqa: E402
from ecsdash.web.limits.middleware import RequestLimits  # noqa: E402
from ecsdash.web.polling.counters import Counters  # noqa: E402
from ecsdash.web.polling.listener import Listener  # noqa: E402
from ecsdash.web.polling.middleware import PollingMiddleware  # noqa: E402
from ecsdash.web.request_metrics import RequestMetrics  # noqa: E402

application = RequestMetrics(
    PollingMiddleware(
        RequestLimits(django, limited_address, session_key, has_user),
        Listener(Counters(), changes.read_counters),
        fingerprint_of_session,
        changes.note_viewed,
    )
)
freeze_started()
