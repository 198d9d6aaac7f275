"""The controls: forms built from declared fields, run cards, transport, timeline."""
