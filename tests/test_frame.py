"""What every page is framed by, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from guanxi.core.models import User
from guanxi.core.testing import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_signing_in(page_as):
    user = make_user(name="Ada Example")
    page = page_as(None)
    page.goto("/settings/profile/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/settings/profile/$"))
    expect(page.get_by_label("Name")).to_have_value("Ada Example")


def test_palette_by_keyboard_alone(page_as):
    page = page_as()
    page.goto("/settings/profile/")
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Search and commands")
    expect(palette).to_be_visible()
    options = palette.get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("api tok")
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/settings/tokens/$"))


def test_dark_mode_follows_the_device_and_the_person(page_as):
    page = page_as(dark=True)
    page.goto("/settings/profile/")
    html = page.locator("html")
    expect(html).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(html).to_have_attribute("data-bs-theme", "light")
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("button", name="Dark").click()
    expect(html).to_have_attribute("data-bs-theme", "dark")
    expect(html).to_have_attribute("data-theme", "dark")
    assert User.objects.get().theme == "dark"


def test_language_switch(page_as):
    page = page_as()
    page.goto("/settings/profile/")
    page.get_by_role("button", name="Language").click()
    page.get_by_role("button", name="繁體中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hant")
    expect(page).to_have_url(re.compile("/settings/profile/$"))
    assert User.objects.get().language == "zh-hant"


def test_menu_is_a_drawer_on_a_phone(page_as):
    page = page_as(width=375, height=700)
    page.goto("/settings/jobs/")
    menu = page.get_by_role("navigation", name="Main menu")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(menu).to_be_visible()
    menu.get_by_role("link", name="Profile").click()
    expect(page).to_have_url(re.compile("/settings/profile/$"))
    expect(menu).to_be_hidden()


@pytest.mark.parametrize("path", ["profile", "users", "roles", "jobs", "audit", "tokens", "merchant"])
def test_no_page_is_wider_than_a_phone(page_as, path):
    page = page_as(width=375, height=700)
    page.goto(f"/settings/{path}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_list_is_sorted_and_filtered_in_place(page_as):
    make_user(role="marketer", name="Zoe")
    make_user(role="analyst", name="An")
    page = page_as(user=make_user(name="Max"))
    page.goto("/settings/users/")
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="Name").click()
    expect(page.locator("tbody tr td:first-child")).to_have_text(["Zoe", "Max", "An"])
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("group", name="Role").get_by_label("Analyst").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("tbody tr td:first-child")).to_have_text(["An"])
    expect(page).to_have_url(re.compile("sort=-name&role="))
    assert page.evaluate("window.stayed")
    page.get_by_role("searchbox").fill("nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.go_back()
    expect(page.locator("tbody tr td:first-child")).to_have_text(["An"])


def test_list_on_a_phone_shows_whole_rows_and_still_sorts(page_as):
    make_user(role="marketer", name="Zoe Lindqvist-Montgomery of Fareham")
    page = page_as(user=make_user(name="Max"), width=375, height=700)
    page.goto("/settings/users/")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    assert page.evaluate("(box => box.scrollWidth - box.clientWidth)(document.querySelector('.gx-table-scroll'))") == 0
    role = rows.nth(1).locator("td[data-label=Roles]")
    expect(role).to_have_text("Marketer")
    assert role.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Roles "'
    empty = rows.nth(1).locator("td", has=page.locator(".gx-none"))
    expect(empty).to_have_count(1)
    expect(empty).to_be_hidden()
    page.get_by_role("link", name="Name").click()
    expect(rows.first.locator("td").first).to_have_text("Zoe Lindqvist-Montgomery of Fareham")


def test_a_question_is_asked_before_what_cannot_be_undone(page_as):
    user = make_user(role="marketer", name="Zoe")
    page = page_as()
    page.goto(f"/settings/users/{user.pk}/")
    page.get_by_role("button", name="Set a temporary password").click()
    question = page.locator("#gx-confirm")
    expect(question).to_contain_text("all sessions of this person end")
    question.get_by_role("button", name="Cancel").click()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    page.get_by_role("button", name="Set a temporary password").click()
    question.get_by_role("button", name="Set a temporary password").click()
    expect(page.get_by_role("textbox", name="Temporary password")).not_to_be_empty()


def test_pages_work_without_scripts(page_as):
    make_user(role="analyst", name="An")
    page = page_as(user=make_user(name="Max"), scripts=False, width=375)
    page.goto("/settings/users/?sort=-name")
    page.get_by_role("searchbox").fill("An")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr td:first-child")).to_have_text(["An"])
    page.locator("details", has_text="Settings").locator("a", has_text="Profile").click()
    page.get_by_role("combobox", name="Theme").select_option("dark")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
