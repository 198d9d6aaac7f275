"""What a lesson shows: its strip with question, choices, feedback and steps; its captions."""
