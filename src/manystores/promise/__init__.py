"""The owner of a partition: decide -> journal -> acknowledge."""
