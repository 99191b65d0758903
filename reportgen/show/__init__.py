"""What people see: the view of a report, the review of its findings; as lines, JSON and HTML."""
