"""Static files named by their content, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Also the files that our scripts import, whose names inside those scripts are replaced."""

    support_js_module_import_aggregation = True
