"""Reports of ad platforms in their own languages: junk, totals of every kind and small print never count as delivery."""

from __future__ import annotations

from typing import Any

import pytest

from core.model.workbook import Cell, Tab, Workbook
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from core.sheets.reading.serial import performance_summary

META_GERMAN = """Berichtsbeginn;Berichtsende;Kampagnenname;Ausgegebener Betrag (EUR);Impressionen;Link-Klicks;Ergebnisse
01.02.2026;28.02.2026;Frühling;1.234,56;123.456;1.234;56
01.02.2026;28.02.2026;Marke;765,44;76.544;766;0
"""
TIKTOK = """Campaign name,Primary status,Campaign Budget,Cost,CPC (destination),CPM,Impressions,Clicks (destination),Conversions,Currency
Spring,Active,500.00,412.30,0.20,3.10,133000,2061,41,USD
Summer,Paused,300.00,100.70,0.25,3.00,33567,403,9,USD
Total of 2 results,-,-,513.00,0.21,3.08,166567,2464,50,USD
"""
MICROSOFT = """"Report Name: Campaign performance"
"Report Time: 2/1/2026,2/28/2026"
"Rows: 2"

"Gregorian date","Account name","Campaign name","Currency code","Impressions","Clicks","Spend","Conversions"
"2/1/2026","Shop","Brand","USD","1,000","100","50.25","5"
"2/14/2026","Shop","Brand","USD","900","90","44.50","4"
"©2026 Microsoft Corporation. All rights reserved. "
"""
POLISH = """Raport kampanii
1 stycznia 2026 - 31 stycznia 2026
Stan kampanii;Kampania;Budżet;Kod waluty;Kliknięcia;Wyśw.;Koszt;Konwersje
Włączona;Marka;20,00;PLN;1 200;10 500;600,00;12,00
Razem: kampanie; --; --;PLN;1 200;10 500;600,00;12,00
"""
DISPLAY = """Date,Advertiser,Advertiser Currency,Insertion Order,Line Item,Impressions,Clicks,Total Conversions,Revenue (Adv Currency)
2026-04-01,ACME,GBP,IO 1,LI 1,1000,10,1,100.25
2026-04-02,ACME,GBP,IO 1,LI 1,2000,20,2,200.50
2026-04-03,ACME,GBP,IO 1,LI 1,3000,30,3,300.75
,,,,,6000,60,6,601.50

Report Time:,2026/04/06 10:00 GMT
Date Range:,2026/04/01 to 2026/04/03
"""
WEEKLY = """"Report Name: Campaign"
"Report Time: 3/1/2026,3/14/2026"

"Week","Campaign name","Device type","Currency code","Impressions","Clicks","Spend"
"3/1/2026","Brand","Computer","GBP","1,000","100","50.25"
"3/8/2026","Brand","Smartphone","GBP","1,100","110","55.25"
"""
JAPANESE = """キャンペーン レポート
2026年3月1日 - 2026年3月31日
キャンペーンのステータス,キャンペーン,予算,通貨コード,クリック数,表示回数,費用,コンバージョン
有効,ブランド,5000,JPY,"1,200","20,000","120,000",30.00
合計: キャンペーン, --, --,JPY,"1,200","20,000","120,000",30.00
"""
APPLE = """Campaign Report
Date Range: Mar 01 2026 - Mar 31 2026

Campaign Name,Campaign ID,Storefronts,Spend,Currency,Impressions,Taps,Installs
Brand UK,1,GB,250.00,GBP,10000,900,400
Total,,,250.00,GBP,10000,900,400
"""
CRITEO = """Day;Advertiser;Campaign;Currency;Displays;Clicks;Cost;Sales all;Revenue all
01/03/2026;Shop;LF;EUR;20000;100;55,50;5;600,00
15/03/2026;Shop;LF;EUR;30000;150;44,50;7;800,00
"""
MICROS = """segments.date,campaign.name,customer.currency_code,metrics.cost_micros,metrics.impressions,metrics.clicks
2026-03-01,Brand,EUR,50250000,1000,100
"""
SUB_ROWS = """Campaign report
1 March 2026 - 31 March 2026
Campaign,Device,Currency code,Clicks,Impr.,Cost
Brand,,EUR,300,"3.000",150
,Mobile phones,EUR,200,"2.000",100
,Computers,EUR,100,"1.000",50
"""
FLOODLIGHT = """Report Name,Q1
Date/Time Generated,4/1/2026 3:00
Date Range,3/1/2026 - 3/31/2026
Report Fields
Campaign,Placement,Date,Impressions,Clicks,Media Cost,Total Conversions
C1,P1,2026-03-01,1000,10,5.50,1
C1,P1,2026-03-02,2000,20,11.00,2
Grand Total:,---,---,3000,30,16.50,3
"""
CZECH = """Přehled kampaní
1. března 2026 - 31. března 2026
Stav kampaně;Kampaň;Kód měny;Kliknutí;Zobr.;Cena;Konverze
Povoleno;Značka;CZK;1 200;10 500;6 000,50;12,00
Celkem: Kampaně; --;CZK;1 200;10 500;6 000,50;12,00
"""
CONVERTED = """Day,Campaign,Cost (Converted currency),Cost,Currency code,Impr.,Clicks
2026-03-01,A,116.00,100.00,GBP,"1,000",10
"""
SIGNS = """Date,Campaign Name,Spend,Impressions,Clicks
2026-03-01,A,A$10.50,1000,10
2026-03-02,A,"A$1,020.50",2000,20
"""
TERMS = """Search terms report
"March 1, 2026 - March 31, 2026"
Search term,Match type,Campaign,Clicks,Impr.,Currency code,Cost
total gym,Exact match,Gym,10,100,USD,5.00
other,Broad match,Gym,20,300,USD,10.00
Total: Account, --, --,30,400,USD,15.00
"""
KOREAN = """보고 시작,보고 종료,캠페인 이름,지출 금액 (KRW),노출,링크 클릭,결과
2026-03-01,2026-03-31,봄,120000,10000,100,5
"""
TWO_CURRENCIES = """Date,Advertiser,Advertiser Currency,Insertion Order,Impressions,Clicks,Revenue (Adv Currency)
2026/03/01,A,EUR,IO1,10000,10,100.00
2026/03/01,B,GBP,IO2,20000,20,200.00
,,,,30000,30,
"""
CURRENCY_ABOVE = """Report name,Campaigns
Date range,"Mar 1, 2026 - Mar 31, 2026"
Currency,SEK

Campaign,Start date,End date,Spend,Impressions,Clicks
A,"Mar 1, 2026","Mar 31, 2026","4,900.50","250,000","500"
"""
QUARTERS = """Quarter,Campaign,Currency code,Cost,Impr.,Clicks
2026-01-01,A,EUR,100.00,"1,000",10
2026-04-01,A,EUR,200.00,"2,000",20
"""
FRENCH_WEEKS = """Campagne;Semaine;Devise;Coût;Impr.;Clics
A;2026-03-02;EUR;10,50;1 000;10
A;2026-03-09;EUR;20,50;2 000;20
"""
INSIGHTS = """campaign,adset,spend,impressions,link_clicks,date_start,date_stop,account_currency
A,x,10.5,1000,10,2026-03-01,2026-03-31,EUR
"""
DUTCH = """Begin rapportage;Einde rapportage;Campagnenaam;Bereik;Weergaven;Besteed bedrag (EUR);Resultaten
2026-03-01;2026-03-31;A;5000;12000;150,75;12
2026-03-01;2026-03-31;B;3000;8000;49,25;3
"""
ADFORM = """Campaign Report
Currency:;DKK

Campaign;Media;Line Item;Impressions;Clicks;CTR;Media Cost
C;DR;L1;100.000;150;0,15%;4.500,50
C;TV2;L2;50.000;50;0,10%;2.499,50
Total;;;150.000;200;0,13%;7.000,00
"""
ANALYTICS = """# Kampagnen
# Startdatum: 20260301
# Enddatum: 20260331
Sitzung – Kampagne;Datum;Sitzungen;Google Ads-Kosten;Google Ads-Klicks;Google Ads-Impressionen
brand;20260301;120;50,25;100;2000
brand;20260302;130;49,75;110;2100
"""
LINKEDIN_SPANISH = """Informe de rendimiento de campañas (en UTC)
Inicio del informe: 1 de marzo de 2026

Fecha de inicio (en UTC);Nombre de la cuenta;Moneda;Nombre de la campaña;Total gastado;Impresiones;Clics
01/03/2026;ACME;EUR;Leads;350,25;12.000;80
21/03/2026;ACME;EUR;Leads;149,75;8.000;40
"""
SWEDISH = """Kampanjnamn,Rapportering startar,Rapportering slutar,Räckvidd,Visningar,Spenderat belopp (SEK),Länkklick
A,2026-03-01,2026-03-31,50000,120000,15000.75,1200
B,2026-03-01,2026-03-31,30000,80000,4999.25,300
"""
DISPLAY_ITALIAN = """Data;Inserzionista;Valuta inserzionista;Ordine di inserzione;Impressioni;Clic;Entrate (valuta ins.)
2026/03/01;ACME;EUR;IO;10000;12;45,12
2026/03/02;ACME;EUR;IO;20000;20;90,24
;;;;30000;32;135,36
"""
BING_SPANISH = """Nombre del informe: Rendimiento de campañas
Período del informe: 01/03/2026 - 31/03/2026

Nombre de cuenta;Campaña;Código de moneda;Impresiones;Clics;Inversión;Conversiones
Tienda;Marca;EUR;10.000;500;250,00;25
Tienda;Genérica;EUR;20.000;400;300,50;10
-;Total;;30.000;900;550,50;35
"""
ANALYTICS_SUM = """# Start date: 20260301
# End date: 20260331
Session Google Ads campaign,Users,Google Ads clicks,Google Ads cost,Key events
brand,100,110,$50.25,5
generic,90,120,$49.75,6
,190,230,$100.00,11
"""
ADFORM_DANISH = """Kampagnerapport
Periode:;01.03.2026 - 31.03.2026
Valuta:;DKK

Kampagne;Medie;Eksponeringer;Klik;CTR;Medieomkostning
C;DR;100.000;150;0,15%;4.500,50
C;TV2;50.000;50;0,10%;2.499,50
I alt;;150.000;200;0,13%;7.000,00
"""
HUNGARIAN = """Kampányjelentés
Nap;Kampány;Pénznemkód;Kattintások;Megj.;Költség
2026-03-01;Márka;HUF;120;10 500;160 050
Összesen: fiók;;HUF;120;10 500;160 050
"""
ANALYTICS_FRENCH = """# Date de début : 20260301
# Date de fin : 20260331
Campagne Google Ads de la session;Utilisateurs;Clics Google Ads;Coût Google Ads;Événements clés
marque;100;110;50,25 €;5
generique;90;120;49,75 €;6
"""
ANALYTICS_SPANISH = """# Fecha de inicio: 20260301
# Fecha de finalización: 20260331
Campaña de Google Ads de la sesión;Usuarios;Clics de Google Ads;Coste de Google Ads;Eventos clave
marca;100;110;50,25 €;5
generica;90;120;49,75 €;6
"""
SNAPCHAT_GERMAN = """Startzeit;Endzeit;Kampagnenname;Ausgegebener Betrag;Währung;Bezahlte Impressionen;Swipe-Ups
2026-03-01;2026-03-31;S1;300,50;EUR;50.000;500
"""
MIDNIGHTS = """Start Time,End Time,Campaign Name,Amount Spent,Currency,Paid Impressions,Swipe-Ups
2026-03-01 00:00:00,2026-03-02 00:00:00,S1,30.5,USD,5000,50
2026-03-02 00:00:00,2026-03-03 00:00:00,S1,29.5,USD,4800,45
"""
UNNAMED_SUM = """Campaign,Impressions,Clicks,Cost,Currency code
A,1000,10,5.00,EUR
B,2000,25,7.00,EUR
C,4000,45,9.00,EUR
Everything,7000,80,21.00,EUR
"""


@pytest.mark.parametrize(
    ("content", "platform", "expected"),
    [
        (META_GERMAN, "meta_ads", {"rows": 2, "spend": {"EUR": 2000.0}, "impressions": 200000, "start": "2026-02-01", "end": "2026-02-28"}),
        (TIKTOK, "tiktok_ads", {"rows": 2, "spend": {"USD": 513.0}, "clicks": 2464, "conversions": 50}),
        (MICROSOFT, "microsoft_ads", {"rows": 2, "spend": {"USD": 94.75}, "start": "2026-02-01", "end": "2026-02-14"}),
        (POLISH, None, {"rows": 1, "spend": {"PLN": 600.0}, "impressions": 10500, "clicks": 1200}),
        (DISPLAY, "dv360", {"rows": 3, "spend": {"GBP": 601.5}, "clicks": 60, "end": "2026-04-03"}),
        (WEEKLY, None, {"rows": 2, "spend": {"GBP": 105.5}, "start": "2026-03-01", "end": "2026-03-14"}),
        (JAPANESE, None, {"rows": 1, "spend": {"JPY": 120000.0}, "impressions": 20000, "start": "2026-03-01", "end": "2026-03-31"}),
        (APPLE, "apple_search_ads", {"rows": 1, "clicks": 900, "start": "2026-03-01", "end": "2026-03-31"}),
        (CRITEO, "criteo", {"rows": 2, "impressions": 50000, "conversions": 12, "spend": {"EUR": 100.0}}),
        (MICROS, None, {"rows": 1, "spend": {"EUR": 50.25}}),
        (SUB_ROWS, None, {"rows": 2, "spend": {"EUR": 150.0}, "impressions": 3000, "clicks": 300}),
        (FLOODLIGHT, None, {"rows": 2, "impressions": 3000, "start": "2026-03-01", "end": "2026-03-02"}),
        (CZECH, None, {"rows": 1, "spend": {"CZK": 6000.5}, "clicks": 1200}),
        (CONVERTED, None, {"rows": 1, "spend": {"GBP": 100.0}}),
        (SIGNS, None, {"rows": 2, "spend": {"AUD": 1031.0}}),
        (TERMS, "google_ads", {"rows": 2, "clicks": 30, "spend": {"USD": 15.0}}),
        (KOREAN, None, {"rows": 1, "clicks": 100, "spend": {"KRW": 120000.0}, "start": "2026-03-01"}),
        (TWO_CURRENCIES, "dv360", {"rows": 2, "impressions": 30000, "spend": {"EUR": 100.0, "GBP": 200.0}}),
        (CURRENCY_ABOVE, None, {"rows": 1, "spend": {"SEK": 4900.5}}),
        (QUARTERS, None, {"rows": 2, "start": "2026-01-01", "end": "2026-06-30"}),
        (FRENCH_WEEKS, None, {"rows": 2, "start": "2026-03-02", "end": "2026-03-15"}),
        (INSIGHTS, None, {"rows": 1, "start": "2026-03-01", "end": "2026-03-31"}),
        (DUTCH, None, {"rows": 2, "spend": {"EUR": 200.0}, "impressions": 20000, "start": "2026-03-01", "end": "2026-03-31"}),
        (ADFORM, None, {"rows": 2, "spend": {"DKK": 7000.0}, "clicks": 200}),
        (ANALYTICS, None, {"rows": 2, "impressions": 4100, "clicks": 210, "start": "2026-03-01", "end": "2026-03-02"}),
        (LINKEDIN_SPANISH, None, {"rows": 2, "spend": {"EUR": 500.0}, "clicks": 120, "end": "2026-03-21"}),
        (SWEDISH, None, {"rows": 2, "spend": {"SEK": 20000.0}, "clicks": 1500}),
        (DISPLAY_ITALIAN, None, {"rows": 2, "spend": {"EUR": 135.36}, "impressions": 30000, "clicks": 32}),
        (BING_SPANISH, None, {"rows": 2, "spend": {"EUR": 550.5}, "clicks": 900, "start": "2026-03-01", "end": "2026-03-31"}),
        (ANALYTICS_SUM, None, {"rows": 2, "spend": {"USD": 100.0}, "clicks": 230}),
        (ADFORM_DANISH, None, {"rows": 2, "spend": {"DKK": 7000.0}, "clicks": 200, "start": "2026-03-01", "end": "2026-03-31"}),
        (HUNGARIAN, None, {"rows": 1, "impressions": 10500, "clicks": 120}),
        (ANALYTICS_FRENCH, None, {"rows": 2, "spend": {"EUR": 100.0}, "clicks": 230, "end": "2026-03-31"}),
        (ANALYTICS_SPANISH, None, {"rows": 2, "spend": {"EUR": 100.0}, "clicks": 230, "start": "2026-03-01", "end": "2026-03-31"}),
        (SNAPCHAT_GERMAN, None, {"rows": 1, "spend": {"EUR": 300.5}, "clicks": 500, "end": "2026-03-31"}),
        (MIDNIGHTS, "snapchat_ads", {"rows": 2, "spend": {"USD": 60.0}, "start": "2026-03-01", "end": "2026-03-02"}),
        (UNNAMED_SUM, None, {"rows": 3, "spend": {"EUR": 21.0}, "impressions": 7000}),
    ],
)
def test_a_platforms_report_sums_up_as_the_platform_says(content: str, platform: str | None, expected: dict[str, Any]) -> None:
    reading = read_workbook(load_workbook("report.csv", content.encode()), fallback_year=2026)
    (table,) = reading.performance
    summary = performance_summary(table)
    assert {key: summary[key] for key in expected} == expected
    if platform is not None:
        assert table.platform == platform


def test_the_same_delivery_on_two_tabs_counts_once_and_is_said() -> None:
    rows = [["Campaign name", "Amount spent (EUR)", "Impressions", "Link clicks", "Reporting starts"], ["A", 100.5, 1000, 10, "2026-03-01"]]
    cells = {(r, c): Cell(value) for r, row in enumerate(rows, start=1) for c, value in enumerate(row, start=1)}  # type: ignore[arg-type]
    reading = read_workbook(Workbook("meta.xlsx", "xlsx", tuple(Tab(name, cells, 2, 5) for name in ("Formatted", "Raw"))))
    assert len(reading.performance) == 1 and [w.code for w in reading.warnings] == ["repeats_money"]


def test_a_report_whose_rows_do_not_make_up_its_total_is_named() -> None:
    content = META_GERMAN + "Gesamt;;;9.999,99;;;\n"
    reading = read_workbook(load_workbook("report.csv", content.encode()))
    assert "total_mismatch" in {warning.code for warning in reading.warnings}


def test_figures_that_no_word_explains_are_named_where_delivery_is_missing() -> None:
    head = "Report name,Daily\n\nDay,Campaign,Currency code,Impressions,Clicks,Qzx\n"
    content = head + "2026-03-01,A,EUR,1000,10,5.25\n2026-03-02,A,EUR,2000,20,7.75\n"
    reading = read_workbook(load_workbook("report.csv", content.encode()))
    assert [warning.code for warning in reading.warnings] == ["unread_column"] and "Qzx" in reading.warnings[0].message
