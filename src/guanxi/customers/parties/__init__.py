"""What customers are (people, companies, households), what they are to us, and what they are to each other."""
