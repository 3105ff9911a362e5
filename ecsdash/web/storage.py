"""Static files with a hash of their content in the name, so that browsers may cache them without limit."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Also replaces the names of modules that our scripts import."""

    support_js_module_import_aggregation = True
