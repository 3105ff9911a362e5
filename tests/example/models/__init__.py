from tests.example.models.account_setting import AccountSetting

__all__ = ["AccountSetting"]
