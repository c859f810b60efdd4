"""The store reads query strings as PHP does."""

from platforms.sandbox.woocommerce.php_query import as_json_value, flatten, parse


def test_the_last_of_a_repeated_key_wins() -> None:
    assert parse("page=1&per_page=5&page=2") == {"page": "2", "per_page": "5"}


def test_empty_brackets_are_numbered_from_zero() -> None:
    assert parse("status[]=a&status[]=b") == {"status": {"0": "a", "1": "b"}}


def test_a_repeated_array_element_keeps_its_first_place_and_last_value() -> None:
    assert list(flatten(parse("a[0]=x&a[1]=y&a[0]=z"))) == [("a[0]", "z"), ("a[1]", "y")]


def test_a_scalar_after_an_array_replaces_it() -> None:
    assert parse("status[]=a&status=b") == {"status": "b"}


def test_plus_and_percent_are_decoded_as_utf_8() -> None:
    assert parse("search=Gro%C3%9F+a%2Bb") == {"search": "Groß a+b"}


def test_dots_and_spaces_in_names_become_underscores() -> None:
    assert parse("a.b=1&c+d=2") == {"a_b": "1", "c_d": "2"}


def test_nested_brackets_nest() -> None:
    parsed = parse("line_items[0][quantity]=2&line_items[0][product_id]=7")

    assert as_json_value(parsed["line_items"]) == [{"quantity": "2", "product_id": "7"}]


def test_an_array_with_a_gap_is_an_object() -> None:
    assert as_json_value(parse("a[0]=x&a[2]=y")["a"]) == {"0": "x", "2": "y"}
