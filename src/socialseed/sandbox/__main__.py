"""`python -m socialseed.sandbox`: the same as `socialseed sandbox`."""

from socialseed.sandbox.main import main

if __name__ == "__main__":
    main()
