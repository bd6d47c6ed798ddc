"""Errors, each with the program's own line: where, what was expected, what was found."""


class Error(Exception):
    """Whatever groklab refuses or cannot do. An expected end, such as divergence, is a status and no error."""


class ConfigError(Error, ValueError):
    """A configuration key or value."""


class InputError(Error, ValueError):
    """A file or an array that the caller gave."""


class StoreError(Error):
    """The run store: an unknown run, a locked store, a store of a newer version."""


class IoError(Error, OSError):
    """The operating system: a full disk, no permission."""


class InternalError(Error):
    """A defect of groklab."""
