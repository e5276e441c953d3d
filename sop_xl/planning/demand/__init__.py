"""Step 2, demand planning: the step itself is in ``step.py``.

It is not imported here, so that the forecast engine below loads without the rest of the product.
"""
