"""``python -m reportgen``."""

from .cli import main

if __name__ == "__main__":  # a worker process (batch.py) imports this module under another name
    main()
