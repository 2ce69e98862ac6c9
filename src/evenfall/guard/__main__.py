"""`python -m evenfall.guard --home FOLDER`."""

from evenfall.guard.main import main

if __name__ == "__main__":
    main()
