"""The manual: pages made from the declarations and from the texts of `resources/manual`."""
