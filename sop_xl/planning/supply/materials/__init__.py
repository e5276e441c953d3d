"""Materials (step 3): master schedule, gross to net over a bill of material, exceptions."""
