"""Style and scripts: collected under hashed names, compressed, imports between scripts rewritten to match."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Assets(CompressedManifestStaticFilesStorage):
    """Our scripts are ES modules that import each other: a hashed name must reach those lines too."""

    support_js_module_import_aggregation = True
