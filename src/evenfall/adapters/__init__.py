"""The world, one folder each, behind the protocols of `ports`. Adapters know no stage."""
