"""The shared cache in Redis or Valkey: one server, a master that Sentinels watch, or a cluster."""
