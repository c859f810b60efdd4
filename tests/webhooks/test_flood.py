"""A flood of webhooks, some forged, many doubled, none in order: what is kept is what was sent."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from platforms.sandbox import shopee
from tests.webhooks.serving import Served, connect
from webapp.database import writing
from webapp.webhooks import LONGEST_TURN

COUNT = 300


def test_a_flood_is_kept_once_for_each_order_and_forged_ones_are_only_counted(
    served: Served, market: shopee.Sandbox
) -> None:
    site_id = connect(served.engine, market, "shopee")
    url, shop = served.address(site_id), market.store.settings.shop_id
    dice = random.Random(5)
    orders = COUNT * 6 // 10
    bodies = [
        b'{"data":{"ordersn":"2611250000%04d"},"shop_id":%d,"code":3,"timestamp":1764000000}'
        % (number, shop)
        for number in range(orders)
    ]
    good = bodies + [dice.choice(bodies) for _ in range(COUNT * 3 // 10)]
    mail = [(body, dict(market.notice_headers(url, body))) for body in good]
    mail += [(body + b" ", headers) for body, headers in dice.sample(mail, COUNT // 10)]
    dice.shuffle(mail)

    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(lambda each: served.send("/webhooks/shopee", *each), mail))

    assert Counter(answer.status for answer in answers) == {200: len(good), 401: COUNT // 10}
    waiting = served.waiting(site_id)
    assert len(waiting) == orders
    assert sum(each.times for each in waiting) == len(good)
    assert served.counted() == {"kept": len(good), "forged": COUNT // 10}


def test_while_the_database_is_held_for_long_stores_are_asked_to_send_again(
    served_on_sqlite: Served, market: shopee.Sandbox
) -> None:
    site_id = connect(served_on_sqlite.engine, market, "shopee")
    shop = market.store.settings.shop_id
    body = b'{"data":{"ordersn":"7"},"shop_id":%d,"code":3,"timestamp":1764000000}' % shop
    headers = dict(market.notice_headers(served_on_sqlite.address(site_id), body))

    with ThreadPoolExecutor(4) as senders:
        with writing(served_on_sqlite.engine) as session:
            session.connection()  # the transaction begins here
            sent = [
                senders.submit(served_on_sqlite.send, "/webhooks/shopee", body, headers)
                for _ in range(4)
            ]
            time.sleep(LONGEST_TURN + 0.7)
        answers = [each.result() for each in sent]

    assert Counter(answer.status for answer in answers) == {200: 1, 503: 3}
    assert {answer.headers["Retry-After"] for answer in answers if answer.status == 503} == {"60"}
    assert [each.times for each in served_on_sqlite.waiting(site_id)] == [1]
