# The front-end files: installed from package-lock.json by the same code that sets up a checkout.
FROM python:3.12.12-slim-bookworm AS frontend
WORKDIR /app
COPY bin ./bin
COPY requirements ./requirements
COPY package.json package-lock.json ./
COPY static ./static
RUN python bin/setup --front-end

# The Python packages: exactly what the lock file names.
FROM python:3.12.12-slim-bookworm AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /app/.venv \
    && /app/.venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/base.txt

FROM python:3.12.12-slim-bookworm
ENV PATH="/app/.venv/bin:$PATH" \
    DJANGO_SETTINGS_MODULE=ecsdash.settings \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
RUN useradd --system --uid 10001 --no-create-home ecsdash \
    && install --directory --owner=ecsdash --mode=750 /var/lib/ecsdash/audit
WORKDIR /app
COPY --from=packages /app/.venv ./.venv
COPY manage.py ./
COPY ecsdash ./ecsdash
COPY clusters ./clusters
COPY services ./services
COPY templates ./templates
COPY static ./static
COPY --from=frontend /app/static/vendor ./static/vendor
RUN ECSDASH_SECRET_KEY=only-while-the-image-is-built-and-never-to-sign-anything python manage.py collectstatic --no-input --verbosity=0 --ignore=icons.txt
USER ecsdash
EXPOSE 8000
CMD ["granian", "--interface=wsgi", "--http=1", "--no-ws", "--host=0.0.0.0", "--port=8000", "--workers=2", "--blocking-threads=32", "--backlog=4096", "--backpressure=4096", "--http1-buffer-size=32768", "--workers-kill-timeout=8", "--respawn-failed-workers", "--log-level=warning", "ecsdash.wsgi:application"]
