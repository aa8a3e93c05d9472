"""What is kept, between the pages and the store: an answer as a case, an old version at work, outcomes, files of cases."""
