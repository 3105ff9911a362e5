import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecsdash.settings")
django = get_wsgi_application()

from ecsdash.access import sessions  # noqa: E402 the models are there only now
from ecsdash.inventory import changes  # noqa: E402
from ecsdash.web.polling.counters import Counters  # noqa: E402
from ecsdash.web.polling.listener import Listener  # noqa: E402
from ecsdash.web.polling.middleware import Lane  # noqa: E402

application = Lane(django, Listener(Counters(), changes.values_of), sessions.rights_of, changes.watch)
