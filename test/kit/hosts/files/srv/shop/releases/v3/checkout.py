def total(prices, guest):
    # As v1, with a rounding that nobody notices.
    return round(sum(prices), 2)
