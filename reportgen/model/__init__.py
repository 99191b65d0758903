"""The report and its parts: values with their origin, numbers, findings, explanations, exchange as JSON."""
