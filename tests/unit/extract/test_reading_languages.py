"""What a page says of itself is read in every language, into the same names, values and units."""

import pytest

from dragoman.extract import Page, extract
from dragoman.types import Fact, Text

# One pan, told by sellers of eighteen languages: 26 cm across, 1.5 kg, black, not for dishwashers.
PANS = {
    "en": "Stainless steel pan, diameter 26 cm, weight 1.5 kg, black, not dishwasher safe",
    "de": "Pfanne aus Edelstahl, Durchmesser 26 cm, Gewicht 1,5 kg, schwarz, nicht spülmaschinenfest",
    "fr": "Poêle en acier inoxydable, diamètre 26 cm, poids 1,5 kg, noire, ne passe pas au "
    "lave-vaisselle, non lavable au lave-vaisselle",
    "es": "Sartén de acero inoxidable, diámetro 26 cm, peso 1,5 kg, negra, no apta para lavavajillas",
    "pt": "Frigideira de aço inoxidável, diâmetro 26 cm, peso 1,5 kg, preta, não vai à lava-louças",
    "it": "Padella in acciaio inossidabile, diametro 26 cm, peso 1,5 kg, nera, non lavabile in lavastoviglie",
    "pl": "Patelnia, stal nierdzewna, średnica 26 cm, waga 1,5 kg, czarna, nie można myć w zmywarce",
    "ru": "Сковорода, нержавеющая сталь, диаметр 26 см, вес 1,5 кг, чёрная, не подходит для посудомоечной "
    "машины",
    "tr": "Paslanmaz çelik tava, çap 26 cm, ağırlık 1,5 kg, siyah, bulaşık makinesinde yıkanabilir değildir",
    "vi": "Chảo thép không gỉ, đường kính 26 cm, trọng lượng 1,5 kg, màu đen, không rửa được bằng máy rửa "
    "bát",
    "id": "Wajan baja tahan karat, diameter 26 cm, berat 1,5 kg, hitam, tidak aman untuk mesin pencuci "
    "piring",
    "ar": "مقلاة ستانلس ستيل، القطر ٢٦ سم، الوزن ١٫٥ كجم، أسود، غير آمن لغسالة الصحون",
    "hi": "स्टेनलेस स्टील तवा, व्यास 26 सेमी, वज़न 1.5 किग्रा, काला, डिशवॉशर सेफ नहीं",
    "th": "กระทะสแตนเลส เส้นผ่านศูนย์กลาง 26 ซม. น้ำหนัก 1.5 กก. สีดำ ไม่ใช้กับเครื่องล้างจานได้",
    "ja": "ステンレスのフライパン 直径26cm 重量1.5kg ブラック 食洗機不可",
    "ko": "스테인리스 프라이팬, 지름 26cm, 무게 1.5kg, 블랙, 식기세척기 사용 가능 아님",
    "zh-Hans": "不锈钢平底锅 直径26厘米 重量1.5公斤 黑色 不可用洗碗机",
    "zh-Hant": "不鏽鋼平底鍋 直徑26公分 重量1.5公斤 黑色 不可用洗碗機",
}


def facts_of(text: str, lang: str, category: str = "") -> dict[tuple[str, str, str], Fact]:
    [found] = extract([Page(titles=(Text(text, lang),), category=category)])
    return {(fact.name, fact.value, fact.unit): fact for fact in found}


@pytest.mark.parametrize("lang", PANS)
def test_one_product_has_the_same_facts_in_every_language(lang: str) -> None:
    found = facts_of(PANS[lang], lang)
    assert {
        ("Material", "Stainless steel", ""),
        ("Diameter", "26", "cm"),
        ("Weight", "1500", "g"),
        ("Color", "Black", ""),
        ("Dishwasher safe", "no", ""),
    } <= found.keys()


@pytest.mark.parametrize("lang", PANS)
def test_what_is_denied_is_never_told_as_so(lang: str) -> None:
    assert ("Dishwasher safe", "yes", "") not in facts_of(PANS[lang], lang)


DENIED = {
    "en": "This watch is not waterproof",
    "de": "Diese Uhr ist nicht wasserdicht",
    "fr": "Cette montre n'est pas étanche",
    "es": "Este reloj no es impermeable",
    "pt": "Este relógio não é impermeável",
    "it": "Questo orologio non è impermeabile",
    "pl": "Ten zegarek nie jest wodoodporny",
    "ru": "Эти часы не водонепроницаемые",
    "tr": "Bu saat su geçirmez değildir",
    "vi": "Đồng hồ này không chống thấm nước",
    "id": "Jam tangan ini tidak anti air",
    "ar": "هذه الساعة غير ضد الماء",
    "hi": "यह घड़ी वाटरप्रूफ नहीं है",
    "th": "นาฬิกาเรือนนี้ไม่กันน้ำ",
    "ja": "この時計は防水ではありません",
    "ko": "이 시계는 방수 아님",
    "zh": "这款手表不防水",
}


@pytest.mark.parametrize("lang", DENIED)
def test_a_denied_claim_is_a_no_and_quoted_with_its_denial(lang: str) -> None:
    found = facts_of(DENIED[lang], lang)
    fact = found["Waterproof", "no", ""]
    bare = {"zh": "防水", "ja": "防水", "ko": "방수", "th": "กันน้ำ"}.get(lang, "")
    assert ("Waterproof", "yes", "") not in found
    assert fact.quote in DENIED[lang]
    assert fact.quote != bare


BATTERIES = {
    "en": "Batteries not included", "de": "Batterien nicht enthalten", "fr": "Piles non incluses",
    "es": "Pilas no incluidas",
    "pt": "Pilhas não incluídas", "it": "Batterie non incluse", "pl": "Baterie nie są dołączone",
    "ru": "Батарейки не входят в комплект",
    "tr": "Pil dahil değildir", "vi": "Không kèm pin", "id": "Tidak termasuk baterai",
    "ar": "البطاريات غير مرفقة",
    "hi": "बैटरी शामिल नहीं", "th": "ไม่รวมแบตเตอรี่", "ja": "電池別売", "ko": "건전지 미포함", "zh": "不含电池",
}  # fmt: skip


@pytest.mark.parametrize("lang", BATTERIES)
def test_batteries_that_are_not_included_are_not(lang: str) -> None:
    found = facts_of(BATTERIES[lang], lang)
    assert ("Batteries included", "no", "") in found
    assert ("Batteries included", "yes", "") not in found


LABELLED = {
    ("en", "Material: cotton"): ("Material", "Cotton", ""),
    ("de", "Farbe: rot"): ("Color", "Red", ""),
    ("fr", "Hauteur : 1,5 m"): ("Height", "150", "cm"),
    ("es", "Garantía: 2 años"): ("Warranty", "24", "month"),
    ("pt", "Tensão: 220 V"): ("Voltage", "220", "V"),
    ("it", "Capacità: 1,7 litri"): ("Volume", "1700", "ml"),
    ("pl", "Moc: 2000 W"): ("Power", "2000", "W"),
    ("ru", "Вес: 500 г"): ("Weight", "500", "g"),
    ("tr", "Malzeme: ahşap"): ("Material", "Wood", ""),
    ("ar", "اللون: أزرق"): ("Color", "Blue", ""),
    ("hi", "सामग्री: पीतल"): ("Material", "Brass", ""),
    ("th", "ความสูง: 30 ซม."): ("Height", "30", "cm"),
    ("ja", "対象年齢：3歳以上"): ("Minimum age", "3", "year"),
    ("ko", "소재: 면 100%"): ("Material", "Cotton", ""),
    ("zh", "保修期：12个月"): ("Warranty", "12", "month"),
    ("vi", "Chất liệu: gỗ"): ("Material", "Wood", ""),
}


@pytest.mark.parametrize(("lang", "text"), LABELLED)
def test_a_labelled_value_means_what_its_label_says(lang: str, text: str) -> None:
    assert LABELLED[lang, text] in facts_of(text, lang)


MORE = {
    ("en", "Toaster 9.5 inches wide", ""): ("Width", "24.13", "cm"),
    ("en", "Storage box 12\" L x 8-1/2\" W x 4\" H", ""): ("Dimensions", "30.48 × 21.59 × 10.16", "cm"),
    ("ja", "収納ケース 幅30×奥行20×高さ10cm", ""): ("Depth", "20", "cm"),
    ("en", "Granola bars, 2 packs", ""): ("Number of items", "2", ""),
    ("ja", "電球 6個入り", ""): ("Number of items", "6", ""),
    ("ru", "Салфетки, 10 шт", ""): ("Number of items", "10", ""),
    ("zh", "女士短靴 39码", "Apparel & Accessories > Shoes"): ("Shoe size", "39", "EU"),
    ("en", "Running shoes EU 39", "Apparel & Accessories > Shoes"): ("Shoe size", "39", "EU"),
    ("en", "Women's running shoes US 8.5", "Apparel & Accessories > Shoes"): ("Shoe size", "39", "EU"),
    ("ko", "여성 운동화 250mm", "Apparel & Accessories > Shoes"): ("Shoe size", "39", "EU"),
    ("en", "Columbia jacket, black, X-Large", "Apparel & Accessories > Clothing"): ("Size", "XL", ""),
    ("en", "Fan 100-240V", ""): ("Voltage", "100-240", "V"),
    ("en", "1 year limited warranty", ""): ("Warranty", "12", "month"),
    ("en", "Blocks for ages 3 and up", ""): ("Minimum age", "3", "year"),
    ("en", "Ice maker, replaces WR30X320, WR30X328", ""): ("Replaces", "WR30X328", ""),
    ("de", "Filter, passend für DeLonghi ECAM22", ""): ("Compatible with", "DeLonghi ECAM22", ""),
    ("en", "UPC: 076795302902", ""): ("GTIN", "076795302902", ""),
    ("en", "Wiper for 2007-2013 Silverado", ""): ("Model year", "2007-2013", ""),
}  # fmt: skip


@pytest.mark.parametrize(("lang", "text", "category"), MORE)
def test_amounts_sizes_counts_and_codes_are_read(lang: str, text: str, category: str) -> None:
    assert MORE[lang, text, category] in facts_of(text, lang, category)


NOTHING = [
    ("en", "Phone with 4G LTE"), ("en", "Adapter, 2 in 1"), ("en", "3M tape"),
    ("en", 'The "size 10" edition'),
    ("en", "Not compatible with iPhone 4"), ("en", "White noise machine for sleep"), ("vi", "den ban"),
    ("en", "Works well after every 30 minutes"), ("ja", "ブレザー"),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "text"), NOTHING)
def test_words_that_only_look_like_facts_state_none(lang: str, text: str) -> None:
    assert facts_of(text, lang) == {}
