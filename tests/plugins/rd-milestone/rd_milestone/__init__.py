"""R&D milestone loan, a product for kedai."""
