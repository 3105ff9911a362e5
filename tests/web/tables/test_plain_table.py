from django.template import Context, Template


def shown(text: str) -> str:
    return Template("{% load web_parts %}" + text).render(Context({"title": "Tags <b>", "name": "<i>"}))


def test_a_plain_table_has_headings_for_screen_readers_and_can_be_scrolled_by_keys() -> None:
    page = shown(
        '{% plain_table "Targets" "Target" "Port|end" "Zone|p2" "Actions|hidden p2" %}'
        "<tr><td>{{ name }}</td></tr>{% endplain_table %}"
    )
    assert '<div class="scroll" tabindex="0" role="region" aria-label="Targets"><table class="plain">' in page
    assert '<th scope="col" class="">Target</th>' in page
    assert '<th scope="col" class="end">Port</th>' in page
    assert '<th scope="col" class="p2">Zone</th>' in page
    assert '<th scope="col" class="p2"><span class="visually-hidden">Actions</span></th>' in page
    assert "<tbody><tr><td>&lt;i&gt;</td></tr></tbody>" in page


def test_what_a_plain_table_is_called_is_text() -> None:
    assert 'aria-label="Tags &lt;b&gt;"' in shown("{% plain_table title title %}{% endplain_table %}")
