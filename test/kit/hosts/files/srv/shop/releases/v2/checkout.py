LOYALTY = {"member": 0.9}


def total(prices, guest):
    # Broken for guests, who have no card.
    return sum(prices) * LOYALTY["guest" if guest else "member"]
