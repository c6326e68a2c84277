"""English names of the prefectures, into the polygons that the console draws.

    pip install pypinyin==0.55.0 && python tools/name_regions.py

Han names are their Hanyu Pinyin, without the word for the kind of division; names of other languages are as atlases
and the English Wikipedia spell them, from the table below.
"""

import gzip
import json
from pathlib import Path
from typing import Final

from pypinyin import Style, lazy_pinyin

FILE: Final = Path(__file__).parents[1] / "src/manystores/data/regions_prefecture.json.gz"
KINDS: Final = ("自治州", "自治县", "地区", "林区", "特别行政区", "盟", "市", "县", "区")
PEOPLES: Final = (
    "土家族苗族", "布依族苗族", "苗族侗族", "哈尼族彝族", "壮族苗族", "傣族景颇族", "藏族羌族", "蒙古族藏族",
    "朝鲜族", "藏族", "彝族", "回族", "蒙古", "哈萨克", "柯尔克孜", "傣族", "白族", "傈僳族", "黎族苗族", "黎族",
)  # fmt: skip
NAMES: Final = {
    "哈尔滨市": "Harbin", "齐齐哈尔市": "Qiqihar", "佳木斯市": "Jiamusi", "呼和浩特市": "Hohhot", "包头市": "Baotou",
    "鄂尔多斯市": "Ordos", "呼伦贝尔市": "Hulunbuir", "巴彦淖尔市": "Bayannur", "乌兰察布市": "Ulanqab",
    "兴安盟": "Hinggan", "锡林郭勒盟": "Xilingol", "阿拉善盟": "Alxa", "乌鲁木齐市": "Ürümqi", "克拉玛依市": "Karamay",
    "吐鲁番市": "Turpan", "哈密市": "Hami", "昌吉回族自治州": "Changji", "博尔塔拉蒙古自治州": "Bortala",
    "巴音郭楞蒙古自治州": "Bayingolin", "阿克苏地区": "Aksu", "克孜勒苏柯尔克孜自治州": "Kizilsu",
    "喀什地区": "Kashgar", "和田地区": "Hotan", "伊犁哈萨克自治州": "Ili", "塔城地区": "Tacheng",
    "阿勒泰地区": "Altay", "石河子市": "Shihezi", "阿拉尔市": "Aral", "图木舒克市": "Tumxuk", "五家渠市": "Wujiaqu",
    "北屯市": "Beitun", "铁门关市": "Tiemenguan", "双河市": "Shuanghe", "可克达拉市": "Kokdala", "昆玉市": "Kunyu",
    "胡杨河市": "Huyanghe", "新星市": "Xinxing", "白杨市": "Baiyang", "拉萨市": "Lhasa", "日喀则市": "Shigatse",
    "昌都市": "Chamdo", "林芝市": "Nyingchi", "山南市": "Lhoka", "那曲市": "Nagqu", "阿里地区": "Ngari",
    "阿坝藏族羌族自治州": "Ngawa", "甘孜藏族自治州": "Garzê", "凉山彝族自治州": "Liangshan",
    "迪庆藏族自治州": "Dêqên", "德宏傣族景颇族自治州": "Dehong", "怒江傈僳族自治州": "Nujiang",
    "西双版纳傣族自治州": "Xishuangbanna", "海北藏族自治州": "Haibei", "黄南藏族自治州": "Huangnan",
    "海南藏族自治州": "Hainan (Qinghai)", "果洛藏族自治州": "Golog", "玉树藏族自治州": "Yushu",
    "海西蒙古族藏族自治州": "Haixi", "甘南藏族自治州": "Gannan", "临夏回族自治州": "Linxia",
    "延边朝鲜族自治州": "Yanbian", "香港特别行政区": "Hong Kong", "澳门特别行政区": "Macao",
    "台北市": "Taipei", "新北市": "New Taipei", "桃园市": "Taoyuan", "台中市": "Taichung", "台南市": "Tainan",
    "高雄市": "Kaohsiung", "基隆市": "Keelung", "新竹市": "Hsinchu", "嘉义市": "Chiayi", "台湾省": "Taiwan",
    "重庆市": "Chongqing", "厦门市": "Xiamen", "蚌埠市": "Bengbu", "六安市": "Lu'an", "漯河市": "Luohe",
    "亳州市": "Bozhou",
    "丽水市": "Lishui", "台州市": "Taizhou (Zhejiang)", "泰州市": "Taizhou (Jiangsu)", "朝阳市": "Chaoyang",
    "长治市": "Changzhi", "长沙市": "Changsha", "长春市": "Changchun", "乐山市": "Leshan", "都江堰市": "Dujiangyan",
    "宿州市": "Suzhou (Anhui)", "苏州市": "Suzhou (Jiangsu)", "榆林市": "Yulin (Shaanxi)", "玉林市": "Yulin (Guangxi)",
    "伊春市": "Yichun (Heilongjiang)", "宜春市": "Yichun (Jiangxi)", "抚州市": "Fuzhou (Jiangxi)",
    "福州市": "Fuzhou (Fujian)", "神农架林区": "Shennongjia",
    "东方市": "Dongfang", "三沙市": "Sansha", "大兴安岭地区": "Daxing'anling",
}  # fmt: skip
"""By their present names; the province in brackets parts those that sound alike."""


def english(name: str) -> str:
    """The English name of a division."""
    if name in NAMES:
        return NAMES[name]
    short = name
    for kind in KINDS:
        if short.endswith(kind) and len(short) > len(kind) + 1:
            short = short.removesuffix(kind)
            break
    for people in PEOPLES:
        if short.endswith(people) and len(short) > len(people) + 1:
            short = short.removesuffix(people)
            break
    parts = lazy_pinyin(short, style=Style.NORMAL, v_to_u=True)
    joined = "".join("'" + part if i and part[0] in "aoe" else part for i, part in enumerate(parts))
    return joined[:1].upper() + joined[1:]


def main() -> None:
    """Give every polygon its name; what is drawn stays as it is."""
    shapes = json.loads(gzip.decompress(FILE.read_bytes()))
    for feature in shapes["features"]:
        properties = feature["properties"]
        properties["en"] = english(properties["name"])
    text = json.dumps(shapes, ensure_ascii=False, separators=(",", ":"))
    FILE.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
