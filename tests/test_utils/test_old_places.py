"""Scripts outside of the repository import these: tools read configs, importers read texts."""


def test_what_scripts_import_is_still_where_it_was() -> None:
    from pisnas_mm.architectures import tinynas
    from pisnas_mm.tinynas import genotype_from_tinynas
    from pisnas_mm.utils import cli, configs

    assert genotype_from_tinynas is tinynas.genotype_from_tinynas
    for name in cli.__all__:
        assert getattr(cli, name) is getattr(configs, name)
