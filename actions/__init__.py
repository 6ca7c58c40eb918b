"""What Rasa asks of the office: slots in, one use case, keys out."""
