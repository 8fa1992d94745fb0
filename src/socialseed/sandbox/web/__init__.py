"""The pages a person opens: profiles, posts with buttons, and the consent form."""
