"""History: the database of this machine's usage. One writer; read-only connections for the views."""
