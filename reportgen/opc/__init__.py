"""Office packages (ECMA-376 part 2): the zip in and out, parts, relationships."""
