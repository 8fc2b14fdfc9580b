"""The pages of documents, the download, and the same through the API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from organizations.models import Document
from tests.factories.organizations import DocumentFactory, RegistrationFactory
from tests.files import pdf

FACTS = {"kind": "certificate", "issuer": "Ministry", "number": "4711", "issued_on": "2024-03-01"}


def sent(text="Certificate", name="certificate.pdf"):
    return SimpleUploadedFile(name, pdf(text), "text/html")  # what the browser says of it is not believed


def bring(client, house, **told):
    return client.post(f"/organizations/{house.organization.pk}/documents/new/", {**FACTS, "file": sent(), **told})


@pytest.fixture
def document(house):
    return DocumentFactory(organization=house.organization, created_by=house.editor)


def test_editor_adds_a_document_and_finds_it_in_the_list(client, house):
    client.force_login(house.editor)
    listed = f"/organizations/{house.organization.pk}/documents/"
    assert bring(client, house).headers["Location"] == listed
    page = client.get(listed)
    assert "Registration certificate" in page.text
    assert "4711" in page.text
    assert client.get(listed, {"format": "csv"}).getvalue().decode().count("\n") == 2


def test_double_submit_is_one_document(client, house):
    client.force_login(house.editor)
    bring(client, house)
    bring(client, house)
    assert Document.objects.get().versions.count() == 1


def test_facts_survive_a_refused_file(client, house):
    client.force_login(house.editor)
    answer = bring(client, house, file=SimpleUploadedFile("c.pdf", b"<html><script>"), title="Our certificate")
    assert answer.status_code == 422
    assert 'value="Our certificate"' in answer.text
    assert "This kind of file is not taken here" in answer.text


def test_good_file_of_a_refused_form_must_be_chosen_again_and_the_page_says_so(client, house):
    client.force_login(house.editor)
    answer = bring(client, house, number="")
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "number": ["Write the number that stands on it."],
        "file": ["Choose the file again: a browser does not keep it."],
    }


def test_form_without_a_file_asks_for_one(client, house):
    client.force_login(house.editor)
    answer = client.post(f"/organizations/{house.organization.pk}/documents/new/", FACTS)
    assert answer.context["form"].errors == {"file": ["Choose the file."]}


def test_from_the_registration_one_comes_back_to_the_section(client, house):
    registration = RegistrationFactory(organization=house.organization, office=house.office)
    client.force_login(house.editor)
    answer = client.post(
        f"/organizations/{house.organization.pk}/documents/new/?registration={registration.pk}",
        {**FACTS, "file": sent()},
    )
    assert answer.headers["Location"] == f"/registrations/{registration.pk}/sections/legal/#id_documents_0"


@pytest.mark.parametrize("asked", ["0", "x", "9" * 30, "../"])
def test_registration_of_nobody_leads_back_to_the_list(client, house, asked):
    client.force_login(house.editor)
    answer = client.get(f"/organizations/{house.organization.pk}/documents/new/", {"registration": asked})
    assert answer.context["page"]["back_url"] == f"/organizations/{house.organization.pk}/documents/"


def test_replace_and_edit_on_their_pages(client, house, document):
    client.force_login(house.administrator)
    told = {"version": "1", "title": "T", "issuer": "M", "number": "1", "issued_on": "2025-01-01", "file": sent("New")}
    assert client.post(f"{document.get_absolute_url()}replace/", told).status_code == 302
    assert document.versions.count() == 2
    told = {"version": "2", "title": "Corrected", "issuer": "M", "number": "1", "issued_on": "2025-01-01"}
    assert client.post(f"{document.get_absolute_url()}edit/", told).status_code == 302
    assert client.post(f"{document.get_absolute_url()}edit/", told).status_code == 409
    document.refresh_from_db()
    assert document.title == "Corrected"


def test_withdrawn_document_offers_no_change(client, house):
    document = DocumentFactory(organization=house.organization, state="withdrawn")
    client.force_login(house.administrator)
    assert "Replace the file" not in client.get(document.get_absolute_url()).text
    assert client.get(f"{document.get_absolute_url()}replace/").status_code == 409


ADDRESSES = ["", "edit/", "replace/", "withdraw/", "versions/1/"]


@pytest.mark.parametrize("part", ADDRESSES)
def test_stranger_finds_nothing(client, house, document, part):
    client.force_login(house.stranger)
    assert client.get(f"{document.get_absolute_url()}{part}").status_code == 404
    assert client.get(f"/organizations/{house.organization.pk}/documents/").status_code == 404


def test_stranger_finds_nothing_of_a_public_organization_either(client, house, document):
    RegistrationFactory(organization=house.organization, office=house.office, state="verified")
    house.organization.listed = True
    house.organization.save()
    client.force_login(house.stranger)
    assert client.get(house.organization.get_absolute_url()).status_code == 200
    assert client.get(f"/organizations/{house.organization.pk}/documents/").status_code == 403
    assert client.get(document.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("who", ["reader", "staff_viewer", "officer"])
def test_reader_reads_and_changes_nothing(client, house, document, who):
    client.force_login(getattr(house, who))
    assert client.get(document.get_absolute_url()).status_code == 200
    for part in ("edit/", "replace/", "withdraw/"):
        assert client.get(f"{document.get_absolute_url()}{part}").status_code == 403
    assert client.get(f"/organizations/{house.organization.pk}/documents/").status_code == 200


def test_wrong_methods_are_refused(client, house, document):
    client.force_login(house.editor)
    assert client.post(f"{document.get_absolute_url()}versions/1/").status_code == 405
    assert client.delete(f"/organizations/{house.organization.pk}/documents/new/").status_code == 405


def test_download_is_an_attachment_that_runs_nothing_and_is_not_cached(client, house):
    client.force_login(house.editor)
    bring(client, house, file=sent(name="شهادة “2024”.pdf"))
    answer = client.get(f"{Document.objects.get().get_absolute_url()}versions/1/")
    assert b"".join(answer.streaming_content) == pdf()
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%D8%B4")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_download_of_a_file_that_is_gone_is_not_found(client, house, document):
    client.force_login(house.editor)
    assert client.get(f"{document.get_absolute_url()}versions/1/").status_code == 404
    assert client.get(f"{document.get_absolute_url()}versions/2/").status_code == 404


@pytest.mark.parametrize("how_many", [1, 15])
def test_pages_cost_the_same_for_few_and_many(client, house, how_many, django_assert_max_num_queries):
    rows = [DocumentFactory(organization=house.organization) for _each in range(how_many)]
    client.force_login(house.editor)
    with django_assert_max_num_queries(10):
        client.get(f"/organizations/{house.organization.pk}/documents/")
    with django_assert_max_num_queries(15):
        client.get(rows[0].get_absolute_url())


def test_list_is_filtered_by_expiry(client, house):
    today = timezone.localdate()
    DocumentFactory(organization=house.organization, title="Old", expires_on=today - timezone.timedelta(days=1))
    DocumentFactory(organization=house.organization, title="Soon", expires_on=today)
    DocumentFactory(organization=house.organization, title="Never")
    client.force_login(house.editor)
    found = {
        value: [
            row.title
            for row in client.get(f"/organizations/{house.organization.pk}/documents/", {"expiry": value}).context[
                "object_list"
            ]
        ]
        for value in ("expired", "soon", "later")
    }
    assert found == {"expired": ["Old"], "soon": ["Soon"], "later": ["Never"]}


# --- The API ----------------------------------------------------------------------------------------------------------


def test_api_adds_replaces_corrects_and_hands_out(client, house):
    client.force_login(house.editor)
    told = {**FACTS, "title": "Certificate", "organization": house.organization.pk}
    made = client.post("/api/v1/documents/", {**told, "file": sent()})
    assert made.status_code == 201, made.text
    path = f"/api/v1/documents/{made.json()['id']}/"
    assert client.post(f"{path}replace/", {"file": sent("New"), "number": "4712"}).status_code == 200
    corrected = client.patch(path, {"issuer": "The Ministry"}, content_type="application/json").json()
    assert (corrected["issuer"], corrected["number"], len(corrected["versions"])) == ("The Ministry", "4712", 2)
    old = client.get(f"{path}versions/1/")
    assert b"".join(old.streaming_content) == pdf()
    assert client.get("/api/v1/documents/").json()["results"][0]["id"] == made.json()["id"]


def test_api_refuses_with_a_sentence_at_the_field(client, house):
    client.force_login(house.editor)
    told = {**FACTS, "title": "Certificate", "organization": house.organization.pk}
    answer = client.post("/api/v1/documents/", {**told, "file": SimpleUploadedFile("a.pdf", b"<html>")})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "file"
    answer = client.post("/api/v1/documents/", {**told, "number": "", "file": sent()})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "number")


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("reader", 403), ("staff_viewer", 403)])
def test_api_keeps_out_whom_the_rules_keep_out(client, house, document, who, status):
    client.force_login(getattr(house, who))
    path = f"/api/v1/documents/{document.pk}/"
    assert client.patch(path, {"title": "T"}, content_type="application/json").status_code == status
    assert client.post(f"{path}replace/", {"file": sent()}).status_code == status
    assert (client.get(path).status_code == 404) == (who == "stranger")


@pytest.mark.parametrize(("kind", "optional"), [("certificate", 2), ("referee_letter", 4), ("other", 5)])
def test_form_marks_as_optional_only_what_the_kind_leaves_open(client, house, kind, optional):
    client.force_login(house.editor)
    page = client.get(f"/organizations/{house.organization.pk}/documents/new/", {"kind": kind})
    assert page.text.count("(optional)") == optional
