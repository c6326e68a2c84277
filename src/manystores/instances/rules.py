"""The rules of instances that can be broken."""

from manystores.core.errors import rule

INSTANCE_INVALID = rule("instance_invalid", 422, "The instance's files break a rule", "算例文件不符合规则")
ASSIGNMENT_INVALID = rule("assignment_invalid", 422, "The assignment can't be read", "分配结果无法读取")
CITIES_MISSING = rule(
    "cities_missing", 422, "The cities to generate from are not installed", "未安装生成算例所需的城市数据"
)
